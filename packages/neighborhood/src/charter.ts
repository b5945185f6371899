import type { Charter } from '@understory/core/register.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';

/** `sha256:<hex>` of a charter: what every member's consent names, so that the text cannot change under its feet (DESIGN 4.6). */
export function digestCharter(charter: Charter): `sha256:${string}` {
	return digestDocument(charterOf(charter));
}

/** A charter with what belongs to it and nothing else. One that says nothing of changes has the digest it always had. */
export function charterOf({ title, text, changes }: Charter): Charter {
	if (!changes) return { title, text };
	const { by, share, quorum, days } = changes;
	return { title, text, changes: { by, share: [...share], quorum: [...quorum], days } };
}

/**
 * The charter a library's own neighborhood starts with: what its branches promise each other, in plain words. Given once;
 * another wording is another charter, and every member has to agree to it again.
 */
export function libraryCharter(library: string): Charter {
	return {
		title: `How the branches of ${library} are neighbors`,
		text: [
			`Every branch of ${library} that stands on this roster has agreed to it with its own signature, and may leave at any time.`,
			'What somebody writes "for the neighborhood" may be read by people who have an account at a branch on this roster, and by nobody else.',
			'We do not pass a neighborhood post on, quote it outside, or show it to search engines. When its author takes it away, we take it away.',
			'Each branch keeps its own rules and its own door. Trouble between people of two branches is talked over by the two hosts first.',
			'A branch that sets another aside tells it, and says why. A branch that is set aside can ask the library to look at it again.',
		].join('\n\n'),
	};
}
