package installed

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"

	"github.com/plegctl/plegctl/verify/source"
)

var errOtherFormat = errors.New("it is not of the format of rpm 4.16 and later (rpmdb.sqlite)")

// rpm reads the packages of Fedora, Red Hat, SUSE and Amazon Linux: rows of a table of an
// SQLite file, whose second column is the header of a package.
func rpm(fsys fs.FS, p Program) (found []pkg, err error) {
	err = fs.ErrNotExist
	for _, dir := range []string{"/var/lib/rpm/", "/usr/lib/sysimage/rpm/", "/usr/share/rpm/"} {
		for _, other := range []string{"Packages", "Packages.db"} {
			if _, err := fs.Stat(fsys, source.InFS(dir+other)); err == nil {
				return nil, errOtherFormat
			}
		}
		f, openErr := fsys.Open(source.InFS(dir + "rpmdb.sqlite"))
		if openErr != nil {
			if !errors.Is(openErr, fs.ErrNotExist) {
				err = openErr
			}
			continue
		}
		// It was only read from.
		defer func() { _ = f.Close() }()
		if log, err := fs.Stat(fsys, source.InFS(dir+"rpmdb.sqlite-wal")); err == nil && log.Size() > 0 {
			return nil, errors.New("its last changes are still in rpmdb.sqlite-wal")
		}
		at, ok := f.(io.ReaderAt)
		if !ok {
			return nil, errors.New("no random access")
		}
		err = eachRow(at, "Packages", func(row [][]byte) {
			if len(row) < 2 {
				return
			}
			h := header{row[1]}
			name, version := h.strings(tagName), h.strings(tagVersion)
			if len(name) == 1 && len(version) == 1 && p.isNamed(name[0]) {
				found = append(found, pkg{name[0], version[0], h.has(p)})
			}
		})
		return found, err
	}
	return nil, err
}

// The tags of a header that count here (rpm 4.20, include/rpm/rpmtag.h).
const (
	tagName       = 1000
	tagVersion    = 1001
	tagDirIndexes = 1116
	tagBaseNames  = 1117
	tagDirNames   = 1118
)

// header is the header of a package: the numbers of entries and of bytes of data, the
// entries (tag, type, offset, count), the data; all numbers are big-endian.
type header struct{ src []byte }

// value returns the data of a tag from its beginning on, and how many values it has.
func (h header) value(tag uint32) (data []byte, count int) {
	if len(h.src) < 8 {
		return nil, 0
	}
	entries, rest := uint64(binary.BigEndian.Uint32(h.src)), h.src[8:]
	if entries*16 > uint64(len(rest)) {
		return nil, 0
	}
	for i := range entries {
		entry := rest[i*16:]
		if offset := uint64(binary.BigEndian.Uint32(entry[8:])); binary.BigEndian.Uint32(entry) == tag && offset <= uint64(len(rest))-entries*16 {
			return rest[entries*16+offset:], int(binary.BigEndian.Uint32(entry[12:]))
		}
	}
	return nil, 0
}

func (h header) strings(tag uint32) []string {
	data, count := h.value(tag)
	var all []string
	for range min(count, len(data)) {
		text, rest, _ := bytes.Cut(data, []byte{0})
		all, data = append(all, string(text)), rest
	}
	return all
}

// has reports whether the package installed the program. Its files are base names, each with
// the index of its directory.
func (h header) has(p Program) bool {
	dirs, indexes := h.strings(tagDirNames), bytes.NewReader(nil)
	data, count := h.value(tagDirIndexes)
	indexes.Reset(data)
	for _, base := range h.strings(tagBaseNames) {
		var index uint32
		if count--; count < 0 || binary.Read(indexes, binary.BigEndian, &index) != nil {
			return false
		}
		if int(index) < len(dirs) && p.isAt(dirs[index]+base) {
			return true
		}
	}
	return false
}
