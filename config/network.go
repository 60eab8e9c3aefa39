package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// loopback reports whether only this machine can reach host.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// listens checks an address to listen on and gives its host, "" for every
// address of the machine.
func (v *validation) listens(key, address string) (host string, ok bool) {
	host, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	v.check(err == nil, key, "%q is not an address to listen on, such as 127.0.0.1:8080", address)
	return host, err == nil
}

func (h HTTP) validate(v *validation) {
	v.listens("http.listen", h.Listen)
	if h.PublicURL != "" {
		validatePublicURL(v, h.PublicURL)
	}
	for i, p := range h.TrustedProxies {
		_, errAddr := netip.ParseAddr(p)
		_, errNet := netip.ParsePrefix(p)
		v.check(errAddr == nil || errNet == nil, "http.trusted_proxies["+strconv.Itoa(i)+"]", "%q is neither an address nor a network such as 10.0.0.0/8", p)
	}
	v.within("http.drain", h.Drain, time.Second, 10*time.Minute)
}

// validatePublicURL holds to what Twilio can call and sign: https beyond this
// machine, a host without underscores, and nothing behind the path.
func validatePublicURL(v *validation, raw string) {
	const key = "http.public_url"
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		v.check(false, key, "%q is not an address such as https://line.example.org", raw)
		return
	}
	v.check(u.Scheme == "https" || loopback(u.Hostname()), key, "must begin with https: over http anyone on the way could read callers' numbers")
	v.check(!strings.Contains(u.Host, "_"), key, "must not have an underscore in its host: Twilio refuses it")
	v.check(u.User == nil && u.RawQuery == "" && u.Fragment == "", key, "must have no user, no ? and no #: it is the beginning of every address we give Twilio")
	v.check(!strings.HasSuffix(u.Path, "/") || u.Path == "/", key, "must not end in /")
}

func (r Redis) validate(v *validation) {
	v.within("redis.dial_timeout", r.DialTimeout, 10*time.Millisecond, 3*time.Second)
	v.within("redis.read_timeout", r.ReadTimeout, 10*time.Millisecond, 3*time.Second)
	v.within("redis.write_timeout", r.WriteTimeout, 10*time.Millisecond, 3*time.Second)
	v.check(r.SentinelMaster != "" || (r.SentinelUsername == "" && !r.SentinelPassword.IsSet()), "redis.sentinel_master", "is needed with the sentinels' user or password")
	v.check((r.TLS.CertFile == "") == (r.TLS.KeyFile == ""), "redis.tls.cert_file", "and redis.tls.key_file go together: set both or neither")
	if r.URL == Embedded {
		v.check(r.SentinelMaster == "" && !r.Cluster, "redis.url", "is embedded, which has no sentinels and no cluster: name the servers")
		return
	}
	endpoint, err := r.Endpoint()
	if err != nil {
		v.check(false, "redis.url", "%s", err)
		return
	}
	v.check(endpoint.TLS || r.TLS == TLS{}, "redis.tls", "is set but redis.url does not begin with rediss://")
	v.check(!r.Cluster || endpoint.DB == 0, "redis.url", "names a database, and a Redis Cluster has only 0")
	v.check(len(endpoint.Addrs) == 1 || r.Cluster || r.SentinelMaster != "", "redis.url", "names several servers: set redis.cluster, or redis.sentinel_master")
}

func (t Twilio) validate(v *validation) {
	base, err := url.Parse(t.APIBaseURL)
	v.check(t.APIBaseURL == "" || (err == nil && base.Host != "" && strings.HasPrefix(base.Scheme, "http")), "twilio.api_base_url", "%q is not an address such as https://api.twilio.com", t.APIBaseURL)
	v.check(t.APIBaseURL != "" || t.AccountSID == "" || account.MatchString(t.AccountSID), "twilio.account_sid", `must be "AC" and 32 hexadecimal digits, as the Twilio console shows it`)
	v.check((t.Region == "") == (t.Edge == ""), "twilio.edge", "and twilio.region go together, such as dublin and ie1: Twilio no longer answers for a region alone")
	v.check(placeName.MatchString(t.Region), "twilio.region", "%q must be a name such as ie1", t.Region)
	v.check(placeName.MatchString(t.Edge), "twilio.edge", "%q must be a name such as dublin", t.Edge)
	v.check(!t.AuthTokenNext.IsSet() || !t.AuthTokenNext.Equal(t.AuthToken), "twilio.auth_token_next", "is the same as twilio.auth_token: take it away")
	v.check(t.CallsPerSecond > 0 && t.CallsPerSecond <= 1000, "twilio.calls_per_second", "%v must be above 0: the number Twilio granted the account, 1 unless you asked for more", t.CallsPerSecond)
	v.check(t.QueueName != "" && len(t.QueueName) <= 64, "twilio.queue_name", "must be 1 to 64 characters")
	v.whole("twilio.queue_size", t.QueueSize, 1, 5000)
	v.within("twilio.request_budget", t.RequestBudget, time.Second, 14*time.Second)
	v.within("twilio.longest_call", t.LongestCall, 4*time.Hour, 24*time.Hour)
}

func (m Monitoring) validate(v *validation) {
	u, err := url.Parse(m.AlertmanagerURL)
	v.check(m.AlertmanagerURL == "" || err == nil && u.Host != "" && strings.HasPrefix(u.Scheme, "http"), "monitoring.alertmanager_url", "%q is not an address such as http://127.0.0.1:9093", m.AlertmanagerURL)
}

func (c Console) validate(v *validation) {
	if c.Listen == "" {
		return
	}
	v.within("console.idle", c.Idle, time.Minute, c.Longest)
	v.within("console.longest", c.Longest, time.Minute, 24*time.Hour)
	if host, ok := v.listens("console.listen", c.Listen); ok && !loopback(host) {
		v.check(c.OIDCIssuer != "", "console.listen", "%q can be reached from other machines: set console.oidc_issuer, where people sign in, or listen on 127.0.0.1 and reach it through an SSH tunnel", c.Listen)
		v.check(!c.DevelopmentSignIn, "console.development_sign_in", "is for this machine only, and console.listen %q can be reached from others", c.Listen)
	}
	v.check(!c.DevelopmentSignIn || c.PublicURL == "", "console.development_sign_in", "is for trying things out, and console.public_url is where people work: take one away")
	c.validateSignIn(v)
}

// roles are the names of what somebody may be; console/access says what each
// may do.
var roles = []string{"viewer", "responder", "shift_lead", "duty_manager", "administrator"}

func (c Console) validateSignIn(v *validation) {
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		v.check(err == nil && u.Scheme == "https" && u.Host != "" && strings.Trim(u.Path, "/") == "", "console.public_url", "%q must be https:// and a host, without a path", c.PublicURL)
	}
	for i, r := range c.Roles {
		key := fmt.Sprintf("console.roles[%d]", i)
		v.check(r.Group != "", key+".group", "is needed: the group as the provider lists it")
		v.oneOf(key+".role", r.Role, roles...)
	}
	if c.OIDCIssuer == "" {
		return
	}
	u, err := url.Parse(c.OIDCIssuer)
	v.check(err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())), "console.oidc_issuer", "%q must be an https address", c.OIDCIssuer)
	v.check(c.OIDCClientID != "", "console.oidc_client_id", "is needed with console.oidc_issuer")
	v.check(c.PublicURL != "" || loopbackListen(c.Listen), "console.public_url", "is needed with console.oidc_issuer: the provider sends people back to it")
	v.check(len(c.Roles) > 0, "console.roles", "is needed with console.oidc_issuer: without it nobody who signs in may do anything")
}

func loopbackListen(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	return err == nil && loopback(host)
}
