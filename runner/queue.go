package runner

import (
	"container/heap"
	"context"
	"sync"
)

// queue bounds the exchanges under way. Those of earlier cases go first, so that results can be told early. It is safe
// for concurrent use.
type queue struct {
	mu      sync.Mutex
	free    int
	waiting tickets
}

// ticket is a place in the queue.
type ticket struct {
	rank  int
	place int           // in tickets; negative once it was called
	ready chan struct{} // closed when it is called
}

// enter waits for a turn and reports whether it came before ctx ended. Each turn must be ended by leave.
func (q *queue) enter(ctx context.Context, rank int) bool {
	if ctx.Err() != nil {
		return false
	}
	q.mu.Lock()
	if q.free > 0 {
		q.free--
		q.mu.Unlock()
		return true
	}
	t := &ticket{rank: rank, ready: make(chan struct{})}
	heap.Push(&q.waiting, t)
	q.mu.Unlock()
	select {
	case <-t.ready:
		return true
	case <-ctx.Done():
		q.withdraw(t)
		return false
	}
}

// leave gives the turn to the first in the queue.
func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.free++
		return
	}
	close(heap.Pop(&q.waiting).(*ticket).ready)
}

// withdraw takes t out of the queue, or hands its turn on if it was called in the meantime.
func (q *queue) withdraw(t *ticket) {
	q.mu.Lock()
	called := t.place < 0
	if !called {
		heap.Remove(&q.waiting, t.place)
	}
	q.mu.Unlock()
	if called {
		q.leave()
	}
}

// tickets is a heap by rank.
type tickets []*ticket

func (s tickets) Len() int           { return len(s) }
func (s tickets) Less(i, j int) bool { return s[i].rank < s[j].rank }

func (s tickets) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].place, s[j].place = i, j
}

// Push implements [heap.Interface].
func (s *tickets) Push(x any) {
	t := x.(*ticket)
	t.place = len(*s)
	*s = append(*s, t)
}

// Pop implements [heap.Interface].
func (s *tickets) Pop() any {
	last := len(*s) - 1
	t := (*s)[last]
	(*s)[last], *s = nil, (*s)[:last]
	t.place = -1
	return t
}
