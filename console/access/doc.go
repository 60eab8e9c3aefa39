// Package access says who is asking and what they may do: roles, signing in,
// sessions, one-time codes for when the provider is down, and tokens for
// programs. It never stands before a telephone: voice routes know nothing of it.
//
//	provider (OIDC, PKCE) ─┐
//	one-time code ─────────┼─► Gate ─► session in the store ─► Person ─► May(permission, teams…)
//	development (loopback)─┘                                     ▲
//	token in a header ───────────────────────────────────────────┘
//
// # Who may do what
//
// A role may do what the roles above it in this table may do, and more:
//
//	viewer          look at the board, the rota, the teams and the reports
//	responder       their own shift; read calls; record what was promised after one
//	shift_lead      act on calls and people; replace somebody now; see a number, with a reason
//	duty_manager    change the rota; answer for what is refused; read the audit
//	administrator   teams, lines, who may sign in
//
// A grant may be limited to teams: it then counts for what concerns those teams
// alone. Looking is never limited, because a caller is everybody's.
//
// # What holds
//
//   - What is kept of a secret is its hash: a copy of the store signs nobody in.
//   - A session ends after a time without use, after a longest time, when its
//     owner signs out, and when an administrator ends all of a person's.
//   - Development sign-in answers loopback only, by address and by Host.
//   - While the store does not answer, whoever was signed in a moment ago may go
//     on looking; what changes anything needs the store in any case.
package access
