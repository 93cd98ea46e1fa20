package installed

import (
	"encoding/binary"
	"errors"
	"io"
)

var errDamaged = errors.New("the SQLite file is damaged")

// sqlite reads tables of an SQLite file, whose format is stable (sqlite.org/fileformat2.html).
type sqlite struct {
	io.ReaderAt
	// size is that of a page, usable that without the reserved bytes at its end.
	size, usable int
	// left bounds how many pages are read: a damaged file may lead in a circle.
	left int
}

const maxPages = 1 << 18

// eachRow calls do with the columns of each row of a table.
func eachRow(file io.ReaderAt, table string, do func(row [][]byte)) error {
	var head [100]byte
	if _, err := file.ReadAt(head[:], 0); err != nil {
		return err
	}
	db := &sqlite{ReaderAt: file, size: int(binary.BigEndian.Uint16(head[16:])), left: maxPages}
	if db.size == 1 {
		db.size = 1 << 16
	}
	if db.usable = db.size - int(head[20]); string(head[:15]) != "SQLite format 3" || db.usable < 480 {
		return errDamaged
	}
	root := uint32(0)
	err := db.tree(1, func(row [][]byte) {
		if len(row) > 3 && string(row[0]) == "table" && string(row[1]) == table {
			root = 0
			for _, b := range row[3] {
				root = root<<8 | uint32(b)
			}
		}
	})
	if err != nil || root == 0 {
		return errors.Join(err, errors.New("it has no table "+table))
	}
	return db.tree(root, do)
}

func (db *sqlite) page(number uint32) ([]byte, error) {
	if db.left--; number == 0 || db.left < 0 {
		return nil, errDamaged
	}
	page := make([]byte, db.size)
	_, err := db.ReadAt(page, int64(number-1)*int64(db.size))
	return page, err
}

// tree goes through a page of a table and those below it.
func (db *sqlite) tree(number uint32, do func(row [][]byte)) error {
	page, err := db.page(number)
	if err != nil {
		return err
	}
	head := page
	if number == 1 {
		head = page[100:]
	}
	cells := int(binary.BigEndian.Uint16(head[3:]))
	const interior, leaf = 5, 13
	pointers := map[byte]int{interior: 12, leaf: 8}[head[0]]
	if pointers == 0 || pointers+2*cells > len(head) {
		return errDamaged
	}
	for i := range cells {
		at := int(binary.BigEndian.Uint16(head[pointers+2*i:]))
		if at+4 > db.usable {
			return errDamaged
		}
		if head[0] == interior {
			if err := db.tree(binary.BigEndian.Uint32(page[at:]), do); err != nil {
				return err
			}
			continue
		}
		record, err := db.record(page[at:db.usable])
		if err != nil {
			return err
		}
		do(columns(record))
	}
	if head[0] == interior {
		return db.tree(binary.BigEndian.Uint32(head[8:]), do)
	}
	return nil
}

// record returns the payload of a cell, the part on overflow pages included.
func (db *sqlite) record(cell []byte) ([]byte, error) {
	length, cell := varint(cell)
	_, cell = varint(cell) // the row's number
	if length > 1<<28 {
		return nil, errDamaged
	}
	size, local := int(length), int(length)
	if least := (db.usable-12)*32/255 - 23; size > db.usable-35 {
		if local = least + (size-least)%(db.usable-4); local > db.usable-35 {
			local = least
		}
	}
	if local > len(cell) || local < size && local+4 > len(cell) {
		return nil, errDamaged
	}
	record := append([]byte(nil), cell[:local]...)
	for next := cell[local:]; len(record) < size; {
		page, err := db.page(binary.BigEndian.Uint32(next))
		if err != nil {
			return nil, err
		}
		record = append(record, page[4:min(db.usable, 4+size-len(record))]...)
		next = page
	}
	return record, nil
}

// columns splits a record; numbers are left as bytes.
func columns(record []byte) [][]byte {
	length, types := varint(record)
	if length > uint64(len(record)) {
		return nil
	}
	body := record[length:]
	types = types[:max(len(types)-len(body), 0)]
	var all [][]byte
	for len(types) > 0 {
		var kind uint64
		kind, types = varint(types)
		size := uint64(0)
		if kind < 10 {
			size = []uint64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}[kind]
		} else if kind >= 12 {
			size = (kind - 12) / 2
		}
		size = min(size, uint64(len(body)))
		all, body = append(all, body[:size]), body[size:]
	}
	return all
}

// varint reads a number of one to nine bytes.
func varint(src []byte) (n uint64, rest []byte) {
	for i, b := range src {
		if i == 8 {
			return n<<8 | uint64(b), src[9:]
		}
		if n = n<<7 | uint64(b&0x7f); b < 0x80 {
			return n, src[i+1:]
		}
	}
	return n, nil
}
