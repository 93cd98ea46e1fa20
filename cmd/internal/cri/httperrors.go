package cri

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
)

// httpKind reads the kind from a failed HTTP request. A connection that opened and spoke
// no HTTP/1 (containerd speaks gRPC only) is a call that the runtime does not know.
func httpKind(err error) Kind {
	var op *net.OpError
	var foreign *foreignError
	switch {
	case errors.As(err, &foreign):
		return KindForeign
	case errors.Is(err, context.DeadlineExceeded):
		return KindTimeout
	case errors.Is(err, context.Canceled):
		return KindCancelled
	case errors.Is(err, fs.ErrPermission):
		return KindPermission
	case errors.As(err, &op) && op.Op == "dial":
		return KindUnreachable
	}
	return KindNoMethod
}

func statusKind(code int) Kind {
	if code == http.StatusNotFound {
		return KindNoMethod
	}
	return KindOther
}
