// Package audit knows what is wrong or risky with CORS whatever was expected, and what that knowledge rests on.
package audit
