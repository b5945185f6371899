import { toCloth } from '@understory/design/cloth.ts';
import { type Face, faceOf } from '@understory/design/face.ts';
import type { TrustedHtml } from '@understory/design/safe-html.ts';
import { emojiIn } from '../store/emoji.ts';
import { personById } from '../store/people.ts';
import { type RemoteRow, remoteByUri } from '../store/remote-actors.ts';
import { EMOJI_OF, emojiView, NO_EMOJI } from './emoji-view.ts';
import { officeView } from './office-view.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A branch's mark beside somebody from elsewhere. */
export interface Spine {
	readonly cloth: string;
	readonly code: string;
	readonly name: string;
	readonly href: string;
}

/** Somebody, as posts and lists show them. */
export interface AuthorView {
	/** As it stands in sentences and labels. */
	readonly name: string;
	/** With the emoji in it drawn. */
	readonly shown: TrustedHtml;
	readonly href: string;
	readonly face: Face;
	/** Null for people of this branch. */
	readonly spine: Spine | null;
	/** The branch itself. */
	readonly official: boolean;
	/** That it is an account of an office, or of somebody who holds one; null for others, and for people elsewhere. */
	readonly office: string | null;
}

/** Somebody of this branch; with what the account is labelled as, where a language is given. */
export function localAuthor(web: Web, id: number, language?: string): AuthorView {
	const person = web.context.store.read((reading) => personById(reading, id));
	// Somebody who deleted their account has a number left, and no name.
	const name = person?.name ?? '—';
	const face = faceOf(web.context.at.person(id), name);
	return {
		name,
		shown: NO_EMOJI.line(name),
		href: `/@${person?.handle ?? ''}`,
		face,
		spine: null,
		official: person?.kind === 'branch',
		office: language === undefined ? null : officeView(web, language, id),
	};
}

/** Somebody of another server. */
export function remoteAuthor(web: Web, visit: Visit, remote: RemoteRow): AuthorView {
	const refused = web.context.restrictions.stops(remote.origin, 'media');
	const emoji = emojiView(web, visit, EMOJI_OF.person(remote.id), refused ? [] : emojiIn(remote.emoji));
	return {
		name: remote.name,
		shown: emoji.line(remote.name),
		href: `/@${remote.handle}@${remote.host}`,
		face: faceOf(remote.uri, remote.name),
		spine: spineOf(web, remote.origin),
		official: false,
		office: null,
	};
}

/** The spine of a branch by its origin: its own cloth when we know it, slate and its host name when we do not. */
export function spineOf(web: Web, origin: string): Spine {
	const known = web.context.current.branches().find((branch) => branch.origin === origin);
	if (known) return { cloth: toCloth(known.cloth), code: known.code, name: known.name, href: `${origin}/` };
	const members = web.context.book.rosters().flatMap((roster) => roster.members);
	const { host, hostname } = new URL(origin);
	const name = members.find((member) => member.origin === origin)?.name ?? host;
	return { cloth: 'slate', code: hostname.slice(0, 3).toUpperCase(), name, href: `${origin}/` };
}

/** The name of an actor, or where they are when we know no more. */
export function nameOf(web: Web, actor: string): string {
	const id = web.context.at.personIn(actor);
	if (id !== null) return localAuthor(web, id).name;
	const remote = web.context.store.read((reading) => remoteByUri(reading, actor));
	return remote?.name ?? (URL.canParse(actor) ? new URL(actor).host : '');
}
