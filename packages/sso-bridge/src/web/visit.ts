import { NotFound } from '@understory/core/errors.ts';
import type { Request, Response } from 'express';
import { errors } from 'oidc-provider';
import type { Site, SiteOf } from './site.ts';

export type Branch = Site['branches'][number];
type Details = Awaited<ReturnType<Site['provider']['interactionDetails']>>;

/** A sign-in that a browser began and has not finished. */
export interface Visit extends Site {
	/** Where it leads. */
	readonly branch: Branch;
	readonly details: Details;
}

/** The sign-in this browser began, or null when it has ended or is another browser's. Throws `NotFound` when it leads nowhere. */
export async function visitOf(siteOf: SiteOf, request: Request, response: Response): Promise<Visit | null> {
	const site = siteOf(response);
	try {
		const details = await site.provider.interactionDetails(request, response);
		if (details.uid !== request.params.uid) return null;
		const branch = site.branches.find(({ id }) => id === details.params.client_id);
		if (!branch) throw new NotFound();
		return { ...site, branch, details };
	} catch (error) {
		if (error instanceof errors.SessionNotFound) return null;
		throw error;
	}
}

/** For the pages of a sign-in: where it leads, as its words and as the origin its forms end at. */
export function leadingTo({ branch, details }: Visit): { to: string; data: object } {
	return { to: new URL(branch.origin).origin, data: { branch, uid: details.uid } };
}
