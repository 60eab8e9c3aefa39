package config

import "time"

// Config is everything one process can be told. Each field's sentence is the
// explanation of its key; config.example.yaml says the same at more length.
type Config struct {
	HTTP       HTTP       `mapstructure:"http"`       // the door Twilio knocks on
	Redis      Redis      `mapstructure:"redis"`      // where the state lives
	Service    Service    `mapstructure:"service"`    // which service this is
	Twilio     Twilio     `mapstructure:"twilio"`     // the telephone network
	Plan       Plan       `mapstructure:"plan"`       // teams, people and shifts to begin with
	Routing    Routing    `mapstructure:"routing"`    // how calls find people
	Prompts    Prompts    `mapstructure:"prompts"`    // what is said
	Standards  []Standard `mapstructure:"standards"`  // what is promised, and measured
	FollowUps  []FollowUp `mapstructure:"follow_ups"` // what is promised after a call, where this service agreed other numbers
	Report     Report     `mapstructure:"report"`     // what reports count from, and whose the return is
	Privacy    Privacy    `mapstructure:"privacy"`    // what is kept, how, and for how long
	Monitoring Monitoring `mapstructure:"monitoring"` // who watches this service
	Console    Console    `mapstructure:"console"`    // the duty manager's pages
	Log        Log        `mapstructure:"log"`        // what the process says of itself
}

// HTTP is how Twilio reaches us.
type HTTP struct {
	// Listen is the address the webhooks, health and metrics are served on.
	Listen string `mapstructure:"listen"`
	// PublicURL is the address Twilio was given, scheme and host and any prefix: signatures are checked against it, never against what a proxy says.
	PublicURL string `mapstructure:"public_url"`
	// TrustedProxies are the addresses or networks whose X-Forwarded-For is believed, in logs only.
	TrustedProxies []string `mapstructure:"trusted_proxies"`
	// Drain is how long a stopping process goes on with what it has in hand, longer than one ring.
	Drain time.Duration `mapstructure:"drain"`
}

// Redis is the store.
type Redis struct {
	// URL is "embedded" for a store of our own, or redis:// or rediss:// and one or more host:port, comma between.
	URL string `mapstructure:"url"`
	// Username is the ACL user, empty for the default user.
	Username string `mapstructure:"username"`
	// Password is that user's password.
	Password Secret `mapstructure:"password"`
	// PasswordFile is a file that holds Password.
	PasswordFile string `mapstructure:"password_file"`
	// SentinelMaster is the name Sentinel knows the primary by; when set, URL names the sentinels.
	SentinelMaster string `mapstructure:"sentinel_master"`
	// SentinelUsername is the ACL user on the sentinels themselves.
	SentinelUsername string `mapstructure:"sentinel_username"`
	// SentinelPassword is the password on the sentinels themselves.
	SentinelPassword Secret `mapstructure:"sentinel_password"`
	// SentinelPasswordFile is a file that holds SentinelPassword.
	SentinelPasswordFile string `mapstructure:"sentinel_password_file"`
	// Cluster says that URL names nodes of a Redis Cluster, even when it names only one.
	Cluster bool `mapstructure:"cluster"`
	// DialTimeout is how long one attempt to connect may take.
	DialTimeout time.Duration `mapstructure:"dial_timeout"`
	// ReadTimeout is how long one answer may take.
	ReadTimeout time.Duration `mapstructure:"read_timeout"`
	// WriteTimeout is how long sending one command may take.
	WriteTimeout time.Duration `mapstructure:"write_timeout"`
	// TLS says whom to trust on rediss://.
	TLS TLS `mapstructure:"tls"`
}

// TLS is the trust between us and the store.
type TLS struct {
	// CAFile is the certificate authority of the store, PEM; empty for the system's own.
	CAFile string `mapstructure:"ca_file"`
	// CertFile is our certificate, PEM, when the store asks for one.
	CertFile string `mapstructure:"cert_file"`
	// KeyFile is that certificate's key, PEM.
	KeyFile string `mapstructure:"key_file"`
	// ServerName is the name expected in the store's certificate, when it is not the host of the URL.
	ServerName string `mapstructure:"server_name"`
}

// Service is which service this process belongs to.
type Service struct {
	// ID names the service in every key of the store: small letters, digits and hyphens.
	ID string `mapstructure:"id"`
	// Name is what the duty manager's pages call the service.
	Name string `mapstructure:"name"`
	// DataDir is the folder of what must survive a restart: the signed snapshot of the plan and the embedded store.
	DataDir string `mapstructure:"data_dir"`
}

// Twilio is our account with the telephone network.
type Twilio struct {
	// AccountSID is the account, "AC" and 32 hexadecimal digits; empty when there is no account.
	AccountSID string `mapstructure:"account_sid"`
	// AuthToken is the account's primary token: it signs their requests and proves ours.
	AuthToken Secret `mapstructure:"auth_token"`
	// AuthTokenFile is a file that holds AuthToken.
	AuthTokenFile string `mapstructure:"auth_token_file"`
	// AuthTokenNext is the token that is about to replace AuthToken; signatures by either are accepted.
	AuthTokenNext Secret `mapstructure:"auth_token_next"`
	// AuthTokenNextFile is a file that holds AuthTokenNext.
	AuthTokenNextFile string `mapstructure:"auth_token_next_file"`
	// APIBaseURL is where requests go, empty for Twilio itself.
	APIBaseURL string `mapstructure:"api_base_url"`
	// Region is where the calls are processed, such as "ie1"; it needs Edge and the region's own credentials.
	Region string `mapstructure:"region"`
	// Edge is where requests enter Twilio's network, such as "dublin".
	Edge string `mapstructure:"edge"`
	// CallsPerSecond is how many calls a second the account may start, as Twilio granted it.
	CallsPerSecond float64 `mapstructure:"calls_per_second"`
	// QueueName is the one waiting queue at Twilio, at most 64 characters.
	QueueName string `mapstructure:"queue_name"`
	// QueueSize is how many callers that queue may hold, at most 5000.
	QueueSize int `mapstructure:"queue_size"`
	// RequestBudget is how long one request to Twilio may take, all in all.
	RequestBudget time.Duration `mapstructure:"request_budget"`
	// LongestCall is how long the account lets a call last, 4 h to 24 h: no leg of ours ends sooner.
	LongestCall time.Duration `mapstructure:"longest_call"`
}

// Plan is the plan to begin with.
type Plan struct {
	// File is applied when the store holds no plan yet, and never afterwards.
	File string `mapstructure:"file"`
}

// Routing is how calls find people. Spans count from the moment a call begins
// to wait, unless said otherwise.
type Routing struct {
	// EarlyOffer rings the first phone while the caller still hears the greeting.
	EarlyOffer bool `mapstructure:"early_offer"`
	// RingFor is how long one phone rings before the next is tried.
	RingFor time.Duration `mapstructure:"ring_for"`
	// SecondPhoneAfter is when a further phone rings beside the first.
	SecondPhoneAfter time.Duration `mapstructure:"second_phone_after"`
	// MostPhones is how many phones may ring for one call at once.
	MostPhones int `mapstructure:"most_phones"`
	// NeighboursAfter is when the neighbouring teams are asked too.
	NeighboursAfter time.Duration `mapstructure:"neighbours_after"`
	// BackupAfter is when the backup tier is asked too.
	BackupAfter time.Duration `mapstructure:"backup_after"`
	// DutyManagerAfter is when the duty manager is asked too.
	DutyManagerAfter time.Duration `mapstructure:"duty_manager_after"`
	// LastHumanAfter is when the person outside the rota is asked too.
	LastHumanAfter time.Duration `mapstructure:"last_human_after"`
	// SkillsFor is how long a preferred skill is waited for before anyone will do.
	SkillsFor time.Duration `mapstructure:"skills_for"`
	// ReofferAfter is when someone who missed a call may be rung for the same call again.
	ReofferAfter time.Duration `mapstructure:"reoffer_after"`
	// WrapUp is how long a responder has after a call before the next.
	WrapUp time.Duration `mapstructure:"wrap_up"`
	// WrapUpLeast is how much of it is left alone even when nobody else is free.
	WrapUpLeast time.Duration `mapstructure:"wrap_up_least"`
	// MissesBeforeAway is after how many misses in a row a responder is set aside, never the last one.
	MissesBeforeAway int `mapstructure:"misses_before_away"`
	// AwayFor is how long they are set aside.
	AwayFor time.Duration `mapstructure:"away_for"`
	// RecoveryFor is how long a break for recovery lasts, after a hard call, unless they are back sooner.
	RecoveryFor time.Duration `mapstructure:"recovery_for"`
	// RedialWindow is how long a caller who left keeps their place.
	RedialWindow time.Duration `mapstructure:"redial_window"`
	// RedialBoost is how much longer each earlier try in that window counts as having waited.
	RedialBoost time.Duration `mapstructure:"redial_boost"`
	// DangerBoost is how much longer a caller who pressed the danger key counts as having waited.
	DangerBoost time.Duration `mapstructure:"danger_boost"`
	// ProfessionalBoost is the same for professionals' lines; zero treats everyone alike.
	ProfessionalBoost time.Duration `mapstructure:"professional_boost"`
	// ComfortEvery is how often a waiting caller is spoken to.
	ComfortEvery time.Duration `mapstructure:"comfort_every"`
	// ReconnectPause is how long a responder whose phone dropped has before it is rung again for the same caller.
	ReconnectPause time.Duration `mapstructure:"reconnect_pause"`
	// StoreBudget is how long a webhook waits for the store before it degrades.
	StoreBudget time.Duration `mapstructure:"store_budget"`
}

// Prompts is what is said.
type Prompts struct {
	// Dir is the folder of the prompts files, one per language; empty for the built-in words.
	Dir string `mapstructure:"dir"`
	// Language is the language of a line that names none.
	Language string `mapstructure:"language"`
	// Voice is the voice of that language, by Twilio's name.
	Voice string `mapstructure:"voice"`
}

// Clock is where the measuring of a wait begins.
type Clock string

// The closed set of clocks.
const (
	ClockCaller Clock = "caller" // from the first ring: what the caller lives through
	ClockReturn Clock = "return" // from the end of the greeting, as in the NHS return
)

// Standard is one promise about calls: another number for one that is shipped
// (docs/STANDARDS.md lists them), or a promise of the service's own. Of a shipped
// one, what is left out stays as it is; of one's own, what is left out is said at
// each key.
type Standard struct {
	// Name is the standard's label in metrics and reports: small letters, digits, underscores and dots.
	Name string `mapstructure:"name"`
	// Clock is where the time begins, caller (the first ring; left out) or return (the end of the greeting).
	Clock Clock `mapstructure:"clock"`
	// Stop is where it ends: connected (left out), abandoned, settled (either) or greeting_end.
	Stop string `mapstructure:"stop"`
	// Threshold is the time within which it must, itself included. Left out with abandoned: nobody may give up.
	Threshold time.Duration `mapstructure:"threshold"`
	// Target is the share of calls that should meet it, above 0 and at most 1. Left out: measured, no pass mark.
	Target float64 `mapstructure:"target"`
	// NoTarget takes the target of a shipped standard away.
	NoTarget bool `mapstructure:"no_target"`
	// Measure is share (left out), or mean: the mean time must be within the threshold.
	Measure string `mapstructure:"measure"`
	// Population is received, everyone who rang (left out), or answered.
	Population string `mapstructure:"population"`
	// Callers are the only ones it is about: self, carer, professional, unknown; empty: all.
	Callers []string `mapstructure:"callers"`
	// Lines are the only ones it is about, by their ids in the plan; empty: all.
	Lines []string `mapstructure:"lines"`
	// Exclude are calls not counted at all, by how they ended: callback, handed_on, fallback, failed, abandoned, answered.
	Exclude []string `mapstructure:"exclude"`
	// Source says where the number comes from; with one it is called published, without one ours.
	Source string `mapstructure:"source"`
}

// FollowUp is what this service agreed about one of the promises after a call
// that "crisisline followup categories" lists. A number left out stays as it is
// shipped.
type FollowUp struct {
	// Name is the promise's, such as crisis.very_urgent.
	Name string `mapstructure:"name"`
	// Limit is the time within which it is kept, itself included.
	Limit time.Duration `mapstructure:"limit"`
	// Target is the share of them that should be kept in time, above 0 and at most 1.
	Target float64 `mapstructure:"target"`
}

// Report is what reports count from, and whose the NHS return is.
type Report struct {
	// Clock is where the return's waits begin, return or caller; it is printed on every report.
	Clock Clock `mapstructure:"clock"`
	// StandardsAgreed is the day, as 2026-11-01, on which the standards were agreed with the clinical safety officer; empty for not yet.
	StandardsAgreed string `mapstructure:"standards_agreed"`
	// Published is a file of published NHS111-MH returns: the staffing advice counts by it until the ledger has a week of calls.
	Published string `mapstructure:"published"`
	// IVRLines are the ids of the lines whose calls come through the 111 option, item A02.
	IVRLines []string `mapstructure:"ivr_lines"`
	// Region is the return's REGION.
	Region string `mapstructure:"region"`
	// ICBCode is the return's ICB_CODE.
	ICBCode string `mapstructure:"icb_code"`
	// ICBName is the return's ICB_NAME.
	ICBName string `mapstructure:"icb_name"`
	// OrgCode is the return's ORG_CODE.
	OrgCode string `mapstructure:"org_code"`
	// OrgName is the return's ORG_NAME.
	OrgName string `mapstructure:"org_name"`
	// ContractCode is the return's CONTRACT_CODE.
	ContractCode string `mapstructure:"contract_code"`
	// ContractName is the return's CONTRACT_NAME.
	ContractName string `mapstructure:"contract_name"`
}

// Privacy is what is kept of callers, how, and for how long.
type Privacy struct {
	// Key is the secret, 32 characters or more, that numbers are encrypted and looked up with; the same on every instance.
	Key Secret `mapstructure:"key"`
	// KeyFile is a file that holds Key.
	KeyFile string `mapstructure:"key_file"`
	// PreviousKey is the secret before Key, still able to read what it wrote.
	PreviousKey Secret `mapstructure:"previous_key"`
	// PreviousKeyFile is a file that holds PreviousKey.
	PreviousKeyFile string `mapstructure:"previous_key_file"`
	// CallStateFor is how long the working record of an ended call is kept.
	CallStateFor time.Duration `mapstructure:"call_state_for"`
	// NumberFor is how long a caller's encrypted number is kept.
	NumberFor time.Duration `mapstructure:"number_for"`
	// OverdueNumberFor is how long the number of a callback that nobody ends is kept after it should have been over.
	OverdueNumberFor time.Duration `mapstructure:"overdue_number_for"`
	// LedgerFor is how long the ledger, which holds no number, is kept; at least a day.
	LedgerFor time.Duration `mapstructure:"ledger_for"`
}

// Monitoring is who watches this service.
type Monitoring struct {
	// AlertmanagerURL is where Alertmanager answers, for the checklist to see that an alarm would reach somebody; empty for not known.
	AlertmanagerURL string `mapstructure:"alertmanager_url"`
}

// Console is the duty manager's pages.
type Console struct {
	// Listen is the address of the pages; beyond loopback it needs PublicURL and a provider to sign in at. Empty for no pages.
	Listen string `mapstructure:"listen"`
	// PublicURL is the https address people open, scheme and host: the provider sends them back to it.
	PublicURL string `mapstructure:"public_url"`
	// DevelopmentSignIn lets whoever opens the pages on this machine act as any role.
	DevelopmentSignIn bool `mapstructure:"development_sign_in"`
	// OIDCIssuer is where people sign in, as its discovery document names itself; empty for one-time codes only.
	OIDCIssuer string `mapstructure:"oidc_issuer"`
	// OIDCClientID is our name there.
	OIDCClientID string `mapstructure:"oidc_client_id"`
	// OIDCClientSecret is our secret there; empty for a public client, which PKCE makes safe.
	OIDCClientSecret Secret `mapstructure:"oidc_client_secret"`
	// OIDCClientSecretFile is a file that holds OIDCClientSecret.
	OIDCClientSecretFile string `mapstructure:"oidc_client_secret_file"`
	// OIDCScopes are asked for besides openid.
	OIDCScopes []string `mapstructure:"oidc_scopes"`
	// GroupsClaim is the claim that lists a person's groups.
	GroupsClaim string `mapstructure:"groups_claim"`
	// PersonClaim is the claim that stands beside what a person does, in the history and the audit; empty for preferred_username, else email, else sub.
	PersonClaim string `mapstructure:"person_claim"`
	// ResponderClaim is the claim that holds a person's id in the plan, for My shift; empty for none.
	ResponderClaim string `mapstructure:"responder_claim"`
	// Roles say what the members of a group may do.
	Roles []RoleRule `mapstructure:"roles"`
	// Idle is after how long without use a session ends.
	Idle time.Duration `mapstructure:"idle"`
	// Longest is after how long every session ends.
	Longest time.Duration `mapstructure:"longest"`
	// LogoFile is a trust's own logo for the head of the pages, svg or png; empty for none.
	LogoFile string `mapstructure:"logo_file"`
}

// RoleRule gives a role to the members of a group at the provider.
type RoleRule struct {
	// Group is the group's name, or id, as the provider lists it.
	Group string `mapstructure:"group"`
	// Role is viewer, responder, shift_lead, duty_manager or administrator.
	Role string `mapstructure:"role"`
	// Teams are the teams it counts for; none for every team.
	Teams []string `mapstructure:"teams"`
}

// Log is what the process says of itself.
type Log struct {
	// Format is json or text.
	Format string `mapstructure:"format"`
	// Level is debug, info, warn or error.
	Level string `mapstructure:"level"`
}
