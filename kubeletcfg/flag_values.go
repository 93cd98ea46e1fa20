package kubeletcfg

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// checkFlagValue returns why a flag does not accept a value, in the words of pflag and
// component-base. The values of taints and reserved-memory are not checked.
func checkFlagValue(kind, value string) error {
	var err error
	switch kind {
	case "bool":
		_, err = strconv.ParseBool(value)
	case "version": // "v1.37.0-x" sets what newer kubelets say they are
		if value != "raw" && !strings.HasPrefix(value, "v") {
			_, err = strconv.ParseBool(value)
		}
	case "int32":
		_, err = strconv.ParseInt(value, 0, 32)
	case "int", "int64":
		_, err = strconv.ParseInt(value, 0, 64)
	case "uint":
		_, err = strconv.ParseUint(value, 0, 64)
	case "level":
		_, err = strconv.ParseUint(value, 10, 31)
	case "float32", "float64":
		_, err = strconv.ParseFloat(value, 64)
	case "duration":
		_, err = time.ParseDuration(value)
	case "ip":
		err = checkIP(value)
	case "strings":
		err = checkCSV(value)
	case "quantity":
		err = checkQuantity(value)
	case "gates":
		for _, pair := range gatePairs(value) {
			if pair.err != "" {
				return errors.New(pair.name + " " + pair.err)
			}
		}
	case "map":
		err = checkPairs(strings.Split(value, ","), "=")
	case "map-no-split":
		if !strings.Contains(value, "=") { // unlike in a list, an empty pair is refused
			err = errors.New("malformed pair, expect string=string")
		}
	case "map-langle":
		err = checkPairs(strings.Split(value, ","), "<")
	case "multimap":
		err = checkPairs(strings.Split(value, ","), ":")
	case "vmodule":
		err = checkVModule(value)
	}
	return err
}

// checkIP accepts what net.ParseIP accepted before it refused leading zeros (k8s.io/utils
// net.ParseIPSloppy).
func checkIP(value string) error {
	text := strings.TrimSpace(value)
	sloppy := regexp.MustCompile(`\b0+(\d)`).ReplaceAllString(text, "$1")
	addr, err := netip.ParseAddr(sloppy)
	if text != "" && (err != nil || addr.Zone() != "") {
		return fmt.Errorf("%q is not a valid IP address", text)
	}
	return nil
}

func checkCSV(value string) error {
	if value == "" {
		return nil
	}
	_, err := csv.NewReader(strings.NewReader(value)).Read()
	return err
}

func checkPairs(pairs []string, separator string) error {
	for _, pair := range pairs {
		if pair != "" && !strings.Contains(pair, separator) {
			return fmt.Errorf("malformed pair, expect string%sstring", separator)
		}
	}
	return nil
}

func checkVModule(value string) error {
	for pattern := range strings.SplitSeq(value, ",") {
		if pattern == "" {
			continue
		}
		name, level, _ := strings.Cut(pattern, "=")
		if name == "" || level == "" || strings.Contains(level, "=") {
			return fmt.Errorf("%q does not have the pattern=N format", pattern)
		}
		if _, err := strconv.ParseUint(level, 10, 31); err != nil {
			return fmt.Errorf("parsing verbosity in %q: %w", pattern, err)
		}
	}
	return nil
}

// checkQuantity knows the grammar of apimachinery's resource.ParseQuantity.
func checkQuantity(value string) error {
	grammar := regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$`)
	if !grammar.MatchString(value) {
		return fmt.Errorf("quantities must match the regular expression '%s'", `^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$`)
	}
	return nil
}
