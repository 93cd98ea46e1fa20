package logscan

// String names the kind in machine-readable output.
func (k Kind) String() string {
	switch k {
	case KindVersion:
		return "version"
	case KindGates:
		return "gates"
	case KindConfig:
		return "config"
	case KindGatesFlag:
		return "gates-flag"
	case KindVerbosityFlag:
		return "verbosity-flag"
	case KindVerbose:
		return "verbose"
	case KindRuntime:
		return "runtime"
	case KindEvent:
		return "event"
	case KindHandled:
		return "handled"
	case KindStreamError:
		return "stream-error"
	case KindRetry:
		return "retry"
	case KindGaveUp:
		return "gave-up"
	case KindTrouble:
		return "trouble"
	case KindFailed:
		return "failed"
	case KindUnit:
		return "unit"
	case KindSuppressed:
		return "suppressed"
	case KindNone:
	}
	return "none"
}
