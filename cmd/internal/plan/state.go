package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"strconv"
	"unicode/utf8"
)

// FileState is one file or directory at one moment. The zero value means that nothing was
// there, which is a state of its own and not the same as an empty file.
type FileState struct {
	Exists bool
	Dir    bool
	Data   []byte
	// Mode holds the permission bits and setuid, setgid and sticky, as in fs.FileMode.
	Mode     fs.FileMode
	UID, GID int
	// Xattrs hold SELinux label, ACLs and the like by name.
	Xattrs map[string][]byte
}

// Digest is the SHA-256 of the content in hex, "" where there is no file.
func (s FileState) Digest() string {
	if !s.Exists || s.Dir {
		return ""
	}
	sum := sha256.Sum256(s.Data)
	return hex.EncodeToString(sum[:])
}

// SameContent reports whether both are absent, both are directories, or both hold the same bytes.
func (s FileState) SameContent(o FileState) bool {
	return s.Exists == o.Exists && s.Dir == o.Dir && string(s.Data) == string(o.Data)
}

// stateJSON is how a state is written: text where it is text, so that people can read it.
type stateJSON struct {
	Exists bool              `json:"exists"`
	Dir    bool              `json:"dir,omitempty"`
	Mode   string            `json:"mode,omitempty"`
	UID    *int              `json:"uid,omitempty"`
	GID    *int              `json:"gid,omitempty"`
	Xattrs map[string]string `json:"xattrs,omitempty"`
	SHA256 string            `json:"sha256,omitempty"`
	Text   *string           `json:"text,omitempty"`
	Base64 *string           `json:"base64,omitempty"`
}

// MarshalJSON writes the state for the record.
func (s FileState) MarshalJSON() ([]byte, error) {
	if !s.Exists {
		return []byte(`{"exists":false}`), nil
	}
	out := stateJSON{Exists: true, Dir: s.Dir, Mode: "0" + strconv.FormatUint(uint64(s.Mode), 8), UID: &s.UID, GID: &s.GID, SHA256: s.Digest()}
	for name, value := range s.Xattrs {
		if out.Xattrs == nil {
			out.Xattrs = map[string]string{}
		}
		out.Xattrs[name] = base64.StdEncoding.EncodeToString(value)
	}
	if !s.Dir {
		text := string(s.Data)
		if utf8.Valid(s.Data) {
			out.Text = &text
		} else {
			text = base64.StdEncoding.EncodeToString(s.Data)
			out.Base64 = &text
		}
	}
	return JSON(out)
}

// UnmarshalJSON reads it back and holds the bytes against their digest.
func (s *FileState) UnmarshalJSON(data []byte) error {
	var in stateJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*s = FileState{Exists: in.Exists, Dir: in.Dir}
	if !in.Exists {
		return nil
	}
	mode, err := strconv.ParseUint(in.Mode, 8, 32)
	if err != nil {
		return fmt.Errorf("mode %q of a recorded file: %w", in.Mode, err)
	}
	s.Mode = fs.FileMode(mode)
	if in.UID != nil && in.GID != nil {
		s.UID, s.GID = *in.UID, *in.GID
	}
	for name, value := range in.Xattrs {
		raw, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return fmt.Errorf("extended attribute %s of a recorded file: %w", name, err)
		}
		if s.Xattrs == nil {
			s.Xattrs = map[string][]byte{}
		}
		s.Xattrs[name] = raw
	}
	return s.readData(in)
}

func (s *FileState) readData(in stateJSON) error {
	switch {
	case in.Dir:
		return nil
	case in.Text != nil:
		s.Data = []byte(*in.Text)
	case in.Base64 != nil:
		raw, err := base64.StdEncoding.DecodeString(*in.Base64)
		if err != nil {
			return fmt.Errorf("bytes of a recorded file: %w", err)
		}
		s.Data = raw
	}
	if got := s.Digest(); got != in.SHA256 {
		return fmt.Errorf("recorded bytes have digest %s, the record says %s", got, in.SHA256)
	}
	return nil
}

// JSON encodes v with <, > and & as they are: what a configuration holds stays readable.
func JSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// SameMetadata reports whether mode, owner and extended attributes are the same.
func (s FileState) SameMetadata(o FileState) bool {
	return s.Mode == o.Mode && s.UID == o.UID && s.GID == o.GID &&
		maps.EqualFunc(s.Xattrs, o.Xattrs, bytes.Equal)
}
