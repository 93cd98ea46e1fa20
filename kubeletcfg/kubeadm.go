package kubeletcfg

import (
	"errors"
	"fmt"
)

// editKubeadm edits the only KubeletConfiguration among the documents of a kubeadm file,
// and moves what the edit says back to the whole file.
func editKubeadm(src []byte, gate string, do func(editor) (Edit, error)) (Edit, error) {
	whole := document{text: newText(src), to: len(src)}
	if bad := whole.checkCharacters(); bad != nil {
		return Edit{}, whole.refuseBad(bad)
	}
	if looksJSON(src) {
		return ConfigFile.edit(src, gate, do)
	}
	var found []span
	for _, doc := range splitDocuments(whole.text) {
		if part, bad := readDocument(src[doc.from:doc.to]); bad == nil && part.value["kind"] == configKind {
			found = append(found, doc)
		}
	}
	if len(found) != 1 {
		return Edit{}, whole.refuse(whole.contentStart(), "%d documents are a KubeletConfiguration, and one is wanted", len(found))
	}
	at := found[0]
	part := src[at.from:at.to:at.to]
	edit, err := ConfigFile.edit(part, gate, do)
	first, _ := whole.position(at.from)
	var refused *RefusedError
	if errors.As(err, &refused) {
		refused.Line += first - 1
		return Edit{}, refused
	}
	if err != nil {
		return Edit{}, fmt.Errorf("edit document in line %d: %w", first, err)
	}
	edit.Before = src
	edit.After = apply(src, []splice{{at.from, at.to, string(edit.After)}})
	if edit.Line > 0 {
		edit.Line += first - 1
	}
	return edit, nil
}
