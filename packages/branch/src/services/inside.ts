import type { BranchContext } from '../context.ts';
import type { Store, Writing } from '../store/store.ts';

/** The same branch with its store inside a transaction that is under way: what services write through it is part of that one, all or nothing. */
export function inside(context: BranchContext, writing: Writing): BranchContext {
	const read: Store['read'] = (fn) => fn(writing);
	const transact: Store['transact'] = (fn) => fn(writing);
	return { ...context, store: { ...context.store, read, transact, relaxed: { read, transact } } };
}
