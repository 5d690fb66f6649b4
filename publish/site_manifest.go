package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// manifestName is the file that lists what WriteSite wrote, so that it removes nothing else.
const manifestName = ".wirefold-site.json"

// manifest lists the files of a site by their path below its directory.
type manifest struct {
	// Files maps a path to the SHA-256 of its bytes.
	Files map[string]string `json:"files"`
	// Tombstones are the pages of ended stories: they stay.
	Tombstones []string `json:"tombstones,omitempty"`
	// States maps a document to the state that it was rendered from, and By names the configuration and the program that did
	// it; "" = not known.
	States map[string]string `json:"states,omitempty"`
	By     string            `json:"by,omitempty"`
}

// by names a configuration together with a program. Other programs may make other bytes of the same state.
func (cf *config) by(program string) (string, error) {
	if program == "" {
		return "", nil
	}
	b, err := json.Marshal(struct {
		Config  Config
		Zone    string
		Program string
	}{cf.Config, cf.zone.String(), program})
	if err != nil {
		return "", fmt.Errorf("name the configuration: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// finish removes what is no longer published and writes the manifest.
func (s *siteWriter) finish() error {
	stay := map[string]bool{}
	for _, name := range s.old.Tombstones {
		for _, ext := range siblings {
			stay[name+ext] = true
		}
	}
	for name, hash := range s.old.Files {
		if _, ok := s.next.Files[name]; ok {
			continue
		}
		if stay[name] {
			s.next.Files[name] = hash
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			continue // not ours: no path that we write leaves the directory
		}
		switch err := os.Remove(s.full(name)); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return errors.Join(fmt.Errorf("remove %s: %w", name, err), s.keep())
		default:
			s.w.Removed++
			s.prune(name)
		}
	}
	for _, name := range s.old.Tombstones {
		if _, ok := s.next.Files[name]; ok {
			s.next.Tombstones = append(s.next.Tombstones, name)
		}
	}
	slices.Sort(s.next.Tombstones)
	s.next.Tombstones = slices.Compact(s.next.Tombstones)
	return errors.Join(s.sweep(), s.save(s.next))
}

// keep saves a manifest of the old and the new files after a run that failed half way.
func (s *siteWriter) keep() error {
	both := manifest{Files: map[string]string{}, States: map[string]string{}, By: s.next.By, Tombstones: slices.Concat(s.old.Tombstones, s.next.Tombstones)}
	for _, m := range []manifest{s.old, s.next} {
		maps.Copy(both.Files, m.Files)
		maps.Copy(both.States, m.States)
	}
	slices.Sort(both.Tombstones)
	both.Tombstones = slices.Compact(both.Tombstones)
	return s.save(both)
}

func (s *siteWriter) save(m manifest) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	full := filepath.Join(s.dir, manifestName)
	if sameFile(full, append(b, '\n')) {
		return nil
	}
	if err := s.writeWhole(full, append(b, '\n')); err != nil {
		return fmt.Errorf("write the list of written files: %w", err)
	}
	return nil
}

// readManifest reads what earlier runs wrote; an empty one when there was none.
func readManifest(dir string) (manifest, error) {
	m := manifest{Files: map[string]string{}}
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, fmt.Errorf("read the list of written files: %w", err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("read the list of written files: %w", err)
	}
	if m.Files == nil {
		m.Files = map[string]string{}
	}
	return m, nil
}
