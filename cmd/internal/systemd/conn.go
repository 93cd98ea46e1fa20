package systemd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"
	"github.com/plegctl/plegctl/cmd/internal/lifecycle"
)

// privateSocket is systemd's own, for root, where no bus daemon runs.
const privateSocket = "unix:path=/run/systemd/private"

// Options say how systemd is reached and how long it may take. The zero value is right for
// the machine that plegctl runs on.
type Options struct {
	// Bus and Private are D-Bus addresses; "" means the system bus (or what
	// DBUS_SYSTEM_BUS_ADDRESS says) and, for root, systemd's private socket. Where Private is
	// given it is tried for every user.
	Bus, Private string
	// JobTimeout bounds one job; 0 means what the unit's own timeouts ask for.
	JobTimeout time.Duration
	// Poll is how often a waiting call looks; 0 means [lifecycle.Poll].
	Poll time.Duration
	// Grace is how long a unit may take to show what systemd reported; 0 means [lifecycle.Grace].
	Grace time.Duration
}

// Conn reads and changes units. It dials with its first call, and once more where a
// connection was lost. It may be used by several goroutines.
type Conn struct {
	options Options
	mu      sync.Mutex
	bus     *sd.Conn
	cancel  context.CancelFunc
}

// New is a connection that dials nothing yet.
func New(o Options) *Conn {
	if o.Poll == 0 {
		o.Poll = lifecycle.Poll
	}
	if o.Grace == 0 {
		o.Grace = lifecycle.Grace
	}
	return &Conn{options: o}
}

// Dial is [New] with an answer at once: [ErrNoBus] where there is no systemd to talk to.
func Dial(ctx context.Context, o Options) (*Conn, error) {
	c := New(o)
	if _, err := c.connect(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Close ends the connection. A later call dials again.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hangUp()
	return nil
}

func (c *Conn) hangUp() {
	if c.bus != nil {
		c.bus.Close()
		c.cancel()
		c.bus = nil
	}
}

// connect gives the present connection, or a new one where it was lost.
func (c *Conn) connect(ctx context.Context) (*sd.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bus != nil && c.bus.Connected() {
		return c.bus, nil
	}
	c.hangUp()
	ctx, done := context.WithTimeout(ctx, lifecycle.Bus)
	defer done()
	var tried []error
	for _, way := range c.ways() {
		err := c.dial(ctx, way)
		if err == nil {
			return c.bus, nil
		}
		tried = append(tried, fmt.Errorf("%s: %w", way.name, err))
	}
	return nil, fmt.Errorf("%w: %w", ErrNoBus, errors.Join(tried...))
}

// way is one way to reach systemd.
type way struct {
	name, address string
	// hello: a bus daemon wants to be greeted, systemd itself does not.
	hello bool
}

func (c *Conn) ways() []way {
	bus := c.options.Bus
	if bus == "" {
		bus = os.Getenv("DBUS_SYSTEM_BUS_ADDRESS")
	}
	if bus == "" {
		bus = "unix:path=/run/dbus/system_bus_socket"
	}
	ways := []way{{"the system bus", bus, true}}
	switch {
	case c.options.Private != "":
		ways = append(ways, way{"systemd's private socket", c.options.Private, false})
	case os.Geteuid() == 0:
		ways = append(ways, way{"systemd's private socket", privateSocket, false})
	}
	return ways
}

func (c *Conn) dial(ctx context.Context, w way) error {
	// The connection lives until Close; ctx bounds the dialling only.
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	bus, err := sd.NewConnection(func() (*dbus.Conn, error) { return greet(life, w) })
	if err == nil {
		// There may be a bus without a systemd on it, as in many containers.
		if _, err = bus.SystemStateContext(ctx); err != nil {
			bus.Close()
		}
	}
	if stopped := stop(); err != nil || !stopped {
		cancel()
		return first(context.Cause(ctx), err)
	}
	c.bus, c.cancel = bus, cancel
	return nil
}

func greet(life context.Context, w way) (*dbus.Conn, error) {
	conn, err := dbus.Dial(w.address, dbus.WithContext(life))
	if err != nil {
		return nil, err
	}
	// By number: looking up the name would need a C library.
	err = conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Geteuid()))})
	if err == nil && w.hello {
		err = conn.Hello()
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// call runs f, once more on a new connection where the first was lost. So f must be
// something that may be done twice.
func (c *Conn) call(ctx context.Context, f func(*sd.Conn) error) error {
	bus, err := c.connect(ctx)
	if err != nil {
		return err
	}
	err = f(bus)
	if !c.lost(bus, err) || ctx.Err() != nil {
		return err
	}
	bus, redialled := c.connect(ctx)
	if redialled != nil {
		return errors.Join(err, redialled)
	}
	return f(bus)
}

// lost reports whether err is due to the connection and not to the request, and if so hangs up:
// godbus may not have noticed yet that nobody is at the other end.
func (c *Conn) lost(bus *sd.Conn, err error) bool {
	if err == nil || !broken(bus, err) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bus == bus {
		c.hangUp()
	}
	return true
}

func broken(bus *sd.Conn, err error) bool {
	var answer dbus.Error
	if errors.As(err, &answer) {
		// What a bus daemon says when systemd itself went away, as in daemon-reexec.
		return answer.Name == "org.freedesktop.DBus.Error.NoReply" || answer.Name == "org.freedesktop.DBus.Error.Disconnected"
	}
	return !bus.Connected() || errors.Is(err, dbus.ErrClosed) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// named puts systemd's words into ours.
func named(what string, err error) error {
	var answer dbus.Error
	if !errors.As(err, &answer) {
		return fmt.Errorf("%s: %w", what, err)
	}
	known := map[string]error{
		"org.freedesktop.systemd1.NoSuchUnit":                         ErrNoSuchUnit,
		"org.freedesktop.systemd1.UnitMasked":                         ErrMasked,
		"org.freedesktop.DBus.Error.AccessDenied":                     ErrDenied,
		"org.freedesktop.DBus.Error.AuthFailed":                       ErrDenied,
		"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired": ErrDenied,
	}
	if word := known[answer.Name]; word != nil {
		return fmt.Errorf("%s: %w: %w", what, word, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
