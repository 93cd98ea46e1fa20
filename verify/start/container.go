package start

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// containerFlags are the options of "run" without a value, of podman 5, docker 28 and
// nerdctl 2; containerValued are those with one. For any other option it is not known
// where the image's name stands.
const containerFlags = "d detach i interactive t tty P publish-all q quiet rm privileged init read-only read-only-tmpfs replace " +
	"no-healthcheck oom-kill-disable sig-proxy disable-content-trust no-hosts no-hostname env-host http-proxy passwd rmi " +
	"tls-verify unsetenv-all rootless"

const containerValued = "a attach add-host annotation arch authfile blkio-weight blkio-weight-device cap-add cap-drop cert-dir " +
	"cgroup-conf cgroup-parent cgroupns cgroups chrootdirs cidfile conmon-pidfile cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime " +
	"c cpu-shares cpus cpuset-cpus cpuset-mems creds detach-keys device device-cgroup-rule device-read-bps device-read-iops " +
	"device-write-bps device-write-iops dns dns-opt dns-option dns-search domainname entrypoint e env env-file env-merge expose " +
	"gidmap gpus group-add group-entry health-cmd health-interval health-retries health-start-period health-timeout " +
	"health-on-failure h hostname hostuser image-volume init-path ip ip6 ipc isolation kernel-memory l label label-file link " +
	"link-local-ip log-driver log-opt mac-address m memory memory-reservation memory-swap memory-swappiness mount name net network " +
	"network-alias net-alias oom-score-adj os passwd-entry personality pid pidfile pids-limit platform pod pod-id-file preserve-fd preserve-fds " +
	"p publish pull requires restart retry retry-delay runtime sdnotify seccomp-policy secret security-opt shm-size shm-size-systemd " +
	"stop-signal stop-timeout storage-opt subgidname subuidname sysctl systemd timeout tmpfs tz uidmap ulimit umask unsetenv u user " +
	"userns uts variant v volume volume-driver volumes-from w workdir"

// container is "podman run OPTIONS IMAGE ARGUMENTS" and its likes.
func container(p *peeler, words []word) ([]word, bool) {
	name := path.Base(words[0].String())
	stop := func(w word, reason string) ([]word, bool) {
		p.limit(w, fmt.Sprintf("%s starts %s: %s", p.what, name, reason))
		return nil, true
	}
	run := slices.IndexFunc(words, func(w word) bool { return w.String() == "run" })
	if run < 0 {
		return stop(words[0], "the container was made earlier, with arguments that the unit does not hold")
	}
	c := containerRun{peeler: p}
	rest, reason := c.options(words[run+1:])
	if reason != "" {
		return stop(words[0], reason)
	}
	image, rest := rest[0], rest[1:]
	p.cmd.Contained, p.cmd.Directory, p.cmd.Mounts, p.env = true, c.directory, c.mounts, c.env
	if c.entrypoint.text.from != nil || len(c.entrypoint.bytes) > 0 {
		return append([]word{c.entrypoint}, rest...), false
	}
	if len(rest) > 0 && !strings.HasPrefix(rest[0].String(), "-") {
		return rest, false
	}
	if image.unknown != "" {
		return stop(image, image.unknown)
	}
	if program := imageName(image.String()); p.isProgram(program) && len(rest) > 0 {
		p.cmd.Program = program
		image.text = text{bytes: []byte(program), at: image.at, from: image.from}
		return append([]word{image}, rest...), false
	}
	return stop(image, fmt.Sprintf("which program the image %s starts is not known", image.String()))
}

// containerRun is what the options of "run" say.
type containerRun struct {
	peeler     *peeler
	directory  string
	entrypoint word
	mounts     []Mount
	env        *environment
}

// options reads the options and returns the words from the image on.
func (c *containerRun) options(words []word) (rest []word, reason string) {
	c.directory, c.env = "/", newEnvironment()
	c.env.others = "the container's image and the options of its start may set further variables"
	for i := 0; i < len(words); i++ {
		option := words[i].String()
		if words[i].unknown != "" && !strings.Contains(option, "=") || option == "--" || option == "" || option[0] != '-' || option == "-" {
			if option == "--" {
				i++
			}
			if i == len(words) {
				break
			}
			return words[i:], ""
		}
		name, value, joined, ok := splitOption(option)
		switch {
		case !ok:
			return nil, fmt.Sprintf("its option %s is not known, so the image cannot be distinguished from its value", option)
		case slices.Contains(strings.Fields(containerFlags), name):
			continue
		case joined:
			c.option(name, value, words[i].cut(len(option)-len(value), len(option)), words[i])
		case i+1 < len(words):
			i++
			c.option(name, words[i].String(), words[i].text, words[i])
		}
	}
	return nil, "no image is named"
}

// splitOption splits "--name=value", "-nvalue" and "-ab"; ok is false for an option that is
// not known.
func splitOption(option string) (name, value string, joined, ok bool) {
	flags, valued := strings.Fields(containerFlags), strings.Fields(containerValued)
	if long, isLong := strings.CutPrefix(option, "--"); isLong {
		name, value, joined = strings.Cut(long, "=")
		return name, value, joined, slices.Contains(flags, name) || slices.Contains(valued, name)
	}
	for i := 1; i < len(option); i++ {
		letter := option[i : i+1]
		switch {
		case letter == "=" && i > 1: // -d=false
			return name, option[i+1:], true, true
		case slices.Contains(valued, letter):
			value = strings.TrimPrefix(option[i+1:], "=")
			return letter, value, value != "", true
		case !slices.Contains(flags, letter):
			return "", "", false, false
		}
		name = letter
	}
	return name, "", false, true
}

func (c *containerRun) option(name, value string, at text, w word) {
	switch name {
	case "entrypoint":
		c.entrypoint = word{text: at, via: w.via}
	case "w", "workdir":
		c.directory = value
	case "e", "env":
		if variableName, _, ok := strings.Cut(value, "="); ok {
			c.env.set(variable{variableName, at.cut(len(variableName)+1, len(at.bytes)), c.peeler.position(w, 0)})
		}
	case "v", "volume":
		if parts := strings.Split(value, ":"); len(parts) > 1 && strings.HasPrefix(parts[0], "/") {
			c.mounts = append(c.mounts, Mount{path.Clean(parts[0]), path.Clean(parts[1])})
		}
	case "mount":
		c.mount(value)
	}
}

// mount reads "type=bind,source=HOST,target=INSIDE".
func (c *containerRun) mount(value string) {
	m, bind := Mount{}, false
	for part := range strings.SplitSeq(value, ",") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "type":
			bind = value == "bind"
		case "src", "source":
			m.Host = path.Clean(value)
		case "dst", "destination", "target":
			m.Inside = path.Clean(value)
		}
	}
	if bind && m.Inside != "" {
		c.mounts = append(c.mounts, m)
	}
}

// imageName returns the last part of an image's name, without tag and digest.
func imageName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name, _, _ := strings.Cut(path.Base(image), ":")
	return name
}

// HostPath returns the path on the node of a file that the daemon opens under name; false
// where the daemon sees a file of its container instead, or another one.
func (c Command) HostPath(name string) (string, bool) {
	if !path.IsAbs(name) {
		name = path.Join("/", c.Directory, name)
	}
	isBelow := func(dir string) bool { return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/") }
	if !c.Contained {
		return name, !slices.ContainsFunc(c.hidden, isBelow)
	}
	best := Mount{}
	for _, m := range c.Mounts {
		if isBelow(m.Inside) && len(m.Inside) >= len(best.Inside) {
			best = m
		}
	}
	if best.Inside == "" {
		return "", false
	}
	return path.Join(best.Host, strings.TrimPrefix(name, best.Inside)), true
}
