// Package hostfs reads and changes files below a root directory: "/" for this machine, or the
// unpacked image of another one.
//
// Every name is an absolute path as the node sees it. Symbolic links are followed component
// by component inside the root, an absolute link too, so no name and no link leads out of
// it; and all work goes through open directories, so nothing that is swapped meanwhile does.
// Files are replaced whole and atomically, with mode, owner and extended attributes kept,
// and every error of a write says what has become of the file.
//
// In test builds it can be broken at these failpoints, each with the prefix "hostfs/". A
// replace: before-temp after-temp after-write after-metadata after-link after-fsync
// before-rename after-rename after-sync. A create: before-temp after-temp after-write
// after-metadata before-fsync after-fsync after-link after-create after-sync. A remove:
// before-remove after-remove. A new directory: before-mkdir after-mkdir. A write in place:
// before-in-place half-in-place after-in-place.
//
// It knows nothing about what is in the files. Start with [Open], [Root.ReadFile] and
// [Root.Replace].
package hostfs
