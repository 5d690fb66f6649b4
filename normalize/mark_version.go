package normalize

// MarksVersion is what the Blob of marks begins with when this model made them. A store that holds others makes them anew.
func (m *Model) MarksVersion() []byte { return []byte{sketchVersion} }
