package normalize

import (
	"encoding/binary"
	"hash/crc32"
)

// MarksVersion is what the Blob of marks begins with when this model made them: the version of the form, and a checksum
// of the choice of keys, the glossary, and the term table that gave the rarities. A store that holds others makes them anew.
func (m *Model) MarksVersion() []byte { return m.stamp[:] }

// stampBytes is the length of what MarksVersion says.
const stampBytes = 5

// keysVersion changes whenever articles get other keys, or keys of other weights.
const keysVersion = 3

func stampOf(terms []byte) (s [stampBytes]byte) {
	s[0] = formVersion
	sum := crc32.Update(keysVersion, crc32.IEEETable, []byte(glossaryText))
	binary.LittleEndian.PutUint32(s[1:], crc32.Update(sum, crc32.IEEETable, terms))
	return s
}
