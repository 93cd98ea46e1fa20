// Command mutate changes one operator, constant, condition, return or statement of a package at a
// time and runs the package's own tests: a change that they do not notice is a survivor, which says
// that nothing asserts what was changed. gremlins 0.6 does the same for operators alone; most of
// what this project knows stands in constants and tables.
//
//	mutate -sample 100 ./verify ./verify/known
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run() error {
	dir := flag.String("dir", ".", "the `DIRECTORY` of the module")
	sample := flag.Int("sample", 0, "try only `N` mutants, chosen at random; 0 tries all")
	seed := flag.Uint64("seed", 1, "what the choice depends on")
	timeout := flag.Duration("timeout", time.Minute, "how long the tests of one mutant may take")
	tags := flag.String("tags", "", "build tags")
	budget := flag.Float64("budget", 100, "fail where more than this `PERCENT` of the mutants survive")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	t := tests{dir: *dir, tags: *tags, timeout: *timeout}
	files, err := t.files(ctx, flag.Args())
	if err != nil {
		return err
	}
	var all []mutant
	for _, f := range files {
		found, err := mutants(f)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	possible := len(all)
	if *sample > 0 && *sample < possible {
		random := rand.New(rand.NewPCG(*seed, 0))
		random.Shuffle(possible, func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = all[:*sample]
	}
	killed, survived, uncompiled := 0, 0, 0
	for _, m := range all {
		result, err := t.try(ctx, m)
		if ctx.Err() != nil {
			break // Ctrl-C: what was tried until then counts
		}
		if err != nil {
			return err
		}
		switch result {
		case noticed:
			killed++
		case unnoticed:
			survived++
			fmt.Printf("%s: %s\n", m.at, m.what)
		case uncompilable:
			uncompiled++
		}
	}
	tried := killed + survived
	if tried == 0 {
		return fmt.Errorf("none of %d mutants compiles", len(all))
	}
	share := 100 * float64(survived) / float64(tried)
	fmt.Printf("%d of %d mutants survived (%.1f %%); %d do not compile, %d are possible\n", survived, tried, share, uncompiled, possible)
	if share > *budget {
		return fmt.Errorf("%.1f %% of the mutants survived, %g %% may", share, *budget)
	}
	return nil
}
