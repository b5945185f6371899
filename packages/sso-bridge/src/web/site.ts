import type { BranchRecord, LibraryRecord } from '@understory/core/register.ts';
import type { Response } from 'express';
import type { Issuer } from '../openid/provider.ts';

/** What a request to a library's sign-in may count on. */
export interface Site extends Issuer {
	readonly library: LibraryRecord;
	readonly branches: readonly BranchRecord[];
}

/** How the site of a request is found; set before any route runs. */
export type SiteOf = (response: Response) => Site;
