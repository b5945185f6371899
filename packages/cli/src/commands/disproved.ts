import { EXIT } from '../exit-code.ts';
import type { Session } from '../parts.ts';

/** Says that it is not proven, and why. */
export function disproved(session: Session, reason: string): void {
	session.say(`NOT PROVEN. ${reason}\n`);
	session.end(EXIT.refused);
}
