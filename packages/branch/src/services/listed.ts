import type { Person } from '../store/people.ts';
import { isYoung } from './audiences.ts';

/**
 * May search engines list this page and these posts? Only where its person said so; a teen's are never listed outside the branch
 * (docs/adr/0018), and the branch's own voice always is (docs/adr/0052).
 */
export function isListed(person: Person): boolean {
	return person.kind === 'branch' || (person.listed === 1 && !isYoung(person));
}
