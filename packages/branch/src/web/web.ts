import type { KeyObject } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { BranchContext } from '../context.ts';
import type { BranchViews } from '../views.ts';
import type { SignIn } from './sign-in.ts';
import type { Need, Visit } from './visit.ts';

/** What the pages of one branch work with. */
export interface Web {
	readonly context: BranchContext;
	readonly views: BranchViews;
	/** Keys the tokens of forms. */
	readonly csrfKey: KeyObject;
	/** Slows down whoever sends forms without an account; throws TooMany. */
	readonly visitorLimit: RequestHandler;
	/** Loaded with the first sign-in. */
	signIn(): Promise<SignIn>;
}

/** One row of a table of routes. */
export interface Route {
	readonly method: 'get' | 'post';
	readonly path: string;
	readonly need: Need;
	run(web: Web, visit: Visit): Promise<void> | void;
}
