package memory

import "errors"

// What an operation says.
var (
	// ErrNotFound: there is no such entry, or it is over.
	ErrNotFound = errors.New("not found")
	// ErrChanged: somebody else wrote it since.
	ErrChanged = errors.New("changed since it was read")
	// ErrHeld: somebody else has the lock.
	ErrHeld = errors.New("held by somebody else")
	// ErrFull: the store has no room for more. What it has, can be changed and
	// dropped.
	ErrFull = errors.New("the store is full")
	// ErrDown: the store can't be used now. Nobody knows whether a write that
	// was under way has been done.
	ErrDown = errors.New("the store is down")
)

// Why a store isn't opened. Nothing in it was changed.
var (
	ErrURL        = errors.New("it must be empty, file:/path, redis://…, rediss://… or unix://…")
	ErrNewer      = errors.New("it was written by a newer version of this app")
	ErrDamaged    = errors.New("it is damaged, or not a store of this app")
	ErrInUse      = errors.New("another process has it open: a file is for one replica")
	ErrUnwritable = errors.New("it can't be written")
	ErrRefused    = errors.New("the connection is refused")
)
