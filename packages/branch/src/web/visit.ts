import type { KeyObject } from 'node:crypto';
import type { Claims } from '@understory/core/claims.ts';
import { NotAllowed, NotSignedIn } from '@understory/core/errors.ts';
import type { Permission } from '@understory/core/permissions.ts';
import { csrfToken } from '@understory/http/csrf.ts';
import type { Language } from '@understory/http/language.ts';
import type { Request, Response } from 'express';
import type { Person } from '../store/people.ts';

/** One request, as the pages see it. */
export interface Visit {
	readonly request: Request;
	readonly response: Response;
	readonly language: Language;
	/** Who signed in by card, whether they joined or not. */
	readonly claims: Claims | null;
	/** Their account here. */
	readonly person: Person | null;
	/**
	 * Set for whoever is on the porch (DESIGN section 2): their card, or what proved who they are, opens no more than that. On pages for everybody they are
	 * nobody then, so that nothing for people of the branch reaches them.
	 */
	readonly porch: {
		readonly person: Person | null;
		/** UTC milliseconds, when it is a host's decision that closes the door until then and the card is fine. */
		readonly suspendedUntil: number | null;
	} | null;
	/** The staff hat, when the card issuer vouches for one; what it may do is asked of the grants each time. */
	readonly staffId: string | null;
}

/**
 * What a route needs of whoever asks; checked before it runs. `porch`: somebody with an account, on the porch or inside. `host`: whoever may `moderate`; what else
 * staff may is named by its permission.
 */
export type Need = 'nobody' | 'claims' | 'porch' | 'person' | 'host' | Permission;

/** The token for a form on this visitor's pages. */
export function csrfOf(visit: Visit, key: KeyObject): string {
	return csrfToken(key, visit.request.sessionID);
}

/** A field of the form that was sent; an empty string when it is missing or given twice. */
export function field(visit: Visit, name: string): string {
	const value = (visit.request.body as Record<string, unknown> | undefined)?.[name];
	return typeof value === 'string' ? value : '';
}

/** Every value of a field that can be there several times, such as boxes that are ticked. */
export function fields(visit: Visit, name: string): string[] {
	const value = (visit.request.body as Record<string, unknown> | undefined)?.[name];
	const all: unknown[] = Array.isArray(value) ? value : [value];
	return all.filter((one) => typeof one === 'string');
}

/** A value of the query; an empty string when it is missing or given twice. */
export function asked(visit: Visit, name: string): string {
	const value: unknown = visit.request.query[name];
	return typeof value === 'string' ? value : '';
}

/** A part of the path that a route names. */
export function part(visit: Visit, name: string): string {
	const value = visit.request.params[name];
	return typeof value === 'string' ? value : '';
}

/** The account of whoever asks. Throws NotSignedIn when there is none. */
export function personOf(visit: Visit): Person {
	if (visit.person) return visit.person;
	throw new NotSignedIn();
}

/** The staff hat of whoever asks. Throws NotAllowed when there is none. */
export function staffOf(visit: Visit): string {
	if (visit.staffId) return visit.staffId;
	throw notAHost();
}

/** For whoever is no host and asked for a host's page. */
export function notAHost(): NotAllowed {
	return new NotAllowed('This page is for the hosts of this branch.', 'not_a_host');
}

/** The permission that a route needs; null for a route that is not for staff. */
export function permissionFor(need: Need): Permission | null {
	if (need === 'nobody' || need === 'claims' || need === 'porch' || need === 'person') return null;
	return need === 'host' ? 'moderate' : need;
}

/** Goes to another page of this branch. */
export function goTo(visit: Visit, path: string): void {
	visit.response.redirect(303, path);
}
