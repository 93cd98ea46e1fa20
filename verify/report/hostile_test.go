package report

import (
	"bytes"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/plegctl/plegctl/verify"
)

// evil is what a path, a log line or a daemon's error may hold: a colour, a C1 control, a
// direction mark, a tag of the astral plane, a line break, and bytes that are not UTF-8.
const evil = " /x\x1b[31m\u009b2J\u202e\U000e0041\n- forged\x00\xff|"

// poison puts evil text behind every string that is not a plain word.
func poison(v reflect.Value) (poisoned int) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && !regexp.MustCompile(`^[a-z-]+$`).MatchString(v.String()) {
			v.SetString(v.String() + evil)
			return 1
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				poisoned += poison(v.Field(i))
			}
		}
	case reflect.Slice:
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		for i := range fresh.Len() {
			poisoned += poison(fresh.Index(i))
		}
		if v.CanSet() && v.Len() > 0 {
			v.Set(fresh)
		}
	case reflect.Pointer:
		if !v.IsNil() && v.CanSet() {
			fresh := reflect.New(v.Type().Elem())
			fresh.Elem().Set(v.Elem())
			poisoned += poison(fresh.Elem())
			v.Set(fresh)
		}
	}
	return poisoned
}

// Whatever a node's files, logs and daemons say, no format lets it drive a terminal, forge
// a line, or hide.
func TestForeignTextIsHarmlessInEveryFormat(t *testing.T) {
	diff := "+" + strings.ReplaceAll(evil, "\n", " ") + "\n"
	refusals := []Refusal{{Code: "PLEG-X", Title: "x", Text: evil, Where: evil, Do: evil}}
	docs := map[string]Document{
		"plan refused":  Plan{Goal: "enable", Refusals: refusals}.Document(3),
		"plan drift":    Plan{Goal: "rollback", Drift: []Drift{{Path: evil, Diff: diff}}}.Document(7),
		"plan":          Plan{Goal: "enable", Pending: true, Steps: []string{evil}, Notes: []string{evil}, Diff: diff}.Document(0),
		"change":        Change{Plan: Plan{Goal: "enable", Files: []FileAction{{Path: evil}}}, Record: "000001-enable", Found: evil, Pods: &Pods{Twice: []string{evil}, Restarted: []string{evil}}}.Document(0, true),
		"change, pods":  Change{Record: "000001-enable", Pods: &Pods{Meanwhile: []string{evil}}}.Document(0, true),
		"pods unknown":  Change{Record: "000001-enable", Pods: &Pods{Unknown: evil}}.Document(0, true),
		"change failed": Change{Plan: Plan{Goal: "enable"}, Record: "000001-enable", Error: evil, ManualSteps: []string{evil}}.Document(6, true),
		"history":       History{Changes: []PastChange{{ID: "000001-enable", Why: evil, Reason: evil, Who: Who{User: evil}}}}.Document(),
		"error":         ErrorDocument(evil, evil, 1, refusals),
	}
	poisoned := 0
	for name, facts := range nodes() {
		poisoned += poison(reflect.ValueOf(&facts).Elem())
		v := verify.Judge(facts)
		docs["status "+name] = StatusDocument(facts, v, evil)
		docs["verify "+name] = VerifyDocument(facts, v, evil, verify.RungProven, 0)
		docs["preflight "+name] = PreflightDocument(facts, verify.Run(verify.Checks(), facts, verify.Selection{}), evil, true)
	}
	if poisoned < 100 {
		t.Fatalf("only %d strings are evil", poisoned)
	}
	for name, doc := range docs {
		for _, f := range Formats() {
			for _, style := range []Style{{}, {Verbose: true, UTF8: true}} {
				var out bytes.Buffer
				if err := Render(&out, f.Name, doc, style); err != nil {
					t.Fatal(err)
				}
				wellFormed(t, f.Name, out.Bytes())
				for i, line := range strings.Split(out.String(), "\n") {
					forged := f.Name == "text" || f.Name == "short" || f.Name == "nagios"
					if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) || forged && strings.HasPrefix(line, "- forged") {
						t.Errorf("%s -o %s:%d: %q", name, f.Name, i+1, line)
					}
				}
			}
		}
	}
}
