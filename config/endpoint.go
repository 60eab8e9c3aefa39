package config

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Endpoint is redis.url taken apart.
type Endpoint struct {
	Addrs []string // host:port, or one path of a Unix socket
	Unix  bool     // Addrs is such a path
	TLS   bool     // rediss://
	DB    int      // the number behind the hosts, 0 when there is none
}

// Endpoint reads URL, which must not be Embedded. Its error says what to write.
func (r Redis) Endpoint() (Endpoint, error) {
	scheme, rest, ok := strings.Cut(r.URL, "://")
	if ok && scheme == "unix" && strings.HasPrefix(rest, "/") {
		return Endpoint{Addrs: []string{rest}, Unix: true}, nil
	}
	if !ok || (scheme != "redis" && scheme != "rediss") {
		return Endpoint{}, errors.New(`must be "embedded", or begin with redis://, rediss:// or unix:///`)
	}
	if strings.Contains(rest, "@") {
		return Endpoint{}, errors.New("must not hold a user or password: use redis.username and redis.password or redis.password_file")
	}
	hosts, db, _ := strings.Cut(rest, "/")
	e := Endpoint{TLS: scheme == "rediss"}
	if db != "" {
		n, err := strconv.Atoi(db)
		if err != nil || n < 0 {
			return Endpoint{}, errors.New("may have only the number of a database behind the host, such as redis://127.0.0.1:6379/0")
		}
		e.DB = n
	}
	for host := range strings.SplitSeq(hosts, ",") {
		addr, err := withPort(strings.TrimSpace(host))
		if err != nil {
			return Endpoint{}, err
		}
		e.Addrs = append(e.Addrs, addr)
	}
	return e, nil
}

func withPort(host string) (string, error) {
	u, err := url.Parse("redis://" + host)
	if err != nil || u.Hostname() == "" {
		return "", errors.New("names no server: write redis://host:6379, with a comma between several")
	}
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}
