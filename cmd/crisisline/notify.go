package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"
)

// systemd is the other end of a unit of Type=notify; the zero value, of a
// process that systemd did not start, says nothing to nobody.
// https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
type systemd struct {
	socket string        // "" for none; a leading @ is an abstract socket
	every  time.Duration // how often it wants to hear that we live, 0 for never
}

func (sh *shell) systemd() systemd {
	usec, _ := strconv.ParseInt(sh.variable("WATCHDOG_USEC"), 10, 64)
	return systemd{socket: sh.variable("NOTIFY_SOCKET"), every: time.Duration(usec) * time.Microsecond / 3}
}

// tell sends one state, such as "READY=1" or "STOPPING=1".
func (s systemd) tell(state string) error {
	if s.socket == "" {
		return nil
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	defer c.Close() //nolint:errcheck // a datagram is sent or it is not
	if _, err := c.Write([]byte(state)); err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	return nil
}

// watch says READY=1, and then, for as long as ctx lives, that we live: proved
// by asking our own door, as a stranger would. A process that no longer answers
// is killed and started again, and what it held is in the store.
func (s systemd) watch(ctx context.Context, door net.Addr, log *slog.Logger) {
	if err := s.tell("READY=1"); err != nil {
		log.Warn("systemd does not hear us", "err", err)
	}
	if s.socket == "" || s.every <= 0 {
		return
	}
	client := &http.Client{Timeout: s.every}
	for pause(ctx, s.every) {
		if err := answers(ctx, client, door); err != nil {
			log.Error("our own door does not answer", "err", err)
			continue
		}
		if err := s.tell("WATCHDOG=1"); err != nil {
			log.Warn("systemd does not hear us", "err", err)
		}
	}
}

// answers asks /healthz on the address we listen on.
func answers(ctx context.Context, client *http.Client, door net.Addr) error {
	host, port, err := net.SplitHostPort(door.String())
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // only read from
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answers %s", res.Status)
	}
	return nil
}
