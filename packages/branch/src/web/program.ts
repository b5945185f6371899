import { NotSignedIn } from '@understory/core/errors.ts';
import type { Request } from 'express';
import type { BranchContext } from '../context.ts';
import { staffByToken } from '../services/staff-tokens.ts';

/** Where programs act for the staff: with a key of theirs and never with a cookie, so no page of anybody can act there through a browser. */
const FOR_PROGRAMS = /^\/api\/v1\/admin\//i;

/** Does a program ask, as far as the address says? */
export function isForPrograms({ path }: Request): boolean {
	return FOR_PROGRAMS.test(path);
}

/** The member of the staff for whom a program asks. Throws NotSignedIn without a key that opens anything. */
export function staffOfProgram(context: BranchContext, request: Request): string {
	const key = /^Bearer ([\w-]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
	const staffId = key === undefined ? undefined : staffByToken(context, key);
	if (staffId === undefined) throw new NotSignedIn('A program needs the key of somebody on the staff.');
	return staffId;
}
