import { NotFound } from '@understory/core/errors.ts';
import type { Request, Response } from 'express';
import { errors } from 'oidc-provider';
import type { FormTicket } from '../guessing/form-ticket.ts';
import type { Destination } from '../openid/clients.ts';
import type { Site, SiteOf } from './site.ts';

type Details = Awaited<ReturnType<Site['provider']['interactionDetails']>>;

/** A sign-in that a browser began and has not finished. */
export interface Visit extends Site {
	/** Where it leads. */
	readonly at: Destination;
	/** The same as pages name it; `foreign` where it is a server that is no branch. */
	readonly branch: NamedDestination;
	readonly details: Details;
}

export interface NamedDestination {
	readonly name: string;
	readonly origin: string;
	readonly host: string;
	readonly code: string | undefined;
	readonly cloth: string | undefined;
	readonly foreign: boolean;
	/** The page about somebody's own sign-in; its name depends on the reader's language. */
	readonly own: boolean;
}

/** The sign-in `uid`, if this browser began it, or null when it has ended or is another browser's. Throws `NotFound` when it leads nowhere. */
export async function visitOf(
	siteOf: SiteOf,
	request: Request,
	response: Response,
	uid: unknown = request.params.uid,
): Promise<Visit | null> {
	const site = siteOf(response);
	try {
		const details = await site.provider.interactionDetails(request, response);
		if (details.uid !== uid) return null;
		const at = site.destinations.get(String(details.params.client_id));
		if (!at) throw new NotFound();
		return { ...site, at, branch: named(at), details };
	} catch (error) {
		if (error instanceof errors.SessionNotFound) return null;
		throw error;
	}
}

/** For the pages of a sign-in: where it leads, as its words and as the origin its forms end at. */
export function leadingTo({ at, branch, details }: Visit): Lead {
	return {
		to: new URL(String(details.params.redirect_uri)).origin,
		data: { branch, uid: details.uid, client: at.id },
	};
}

export interface Lead {
	readonly to: string;
	readonly data: { readonly branch: NamedDestination; readonly client: string; readonly uid?: string };
}

/** The same by the ticket of a form that was sent, without looking anything up; null when it does not say. */
export function leadKept(
	{ destinations }: Pick<Site, 'destinations'>,
	ticket: FormTicket | null,
): Lead | null {
	const { client, to } = ticket?.lead ?? {};
	const at = client === undefined ? undefined : destinations.get(client);
	return at && to !== undefined ? { to, data: { branch: named(at), client: at.id } } : null;
}

function named({ name, origin, branch, foreign, own }: Destination): NamedDestination {
	const { code, cloth } = own ? { code: 'CARD', cloth: 'fern' } : (branch ?? {});
	return {
		name,
		origin,
		host: new URL(origin).host,
		code,
		cloth,
		foreign: foreign !== null,
		own: own === true,
	};
}
