package kubeletsim

import (
	"io"
	"log"
)

// discard takes the complaints of net/http about clients that hang up: a kubelet does not
// print them either.
func discard() *log.Logger { return log.New(io.Discard, "", 0) }
