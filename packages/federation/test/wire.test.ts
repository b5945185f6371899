import {
	type Audience,
	audienceOf,
	meet,
	type Reach,
	type Reader,
	SCOPES,
	type Trust,
} from '@understory/core/scope.ts';
import { expect } from 'chai';
import type { LocalActor, WirePost } from '../src/ports.ts';
import { createActivities } from '../src/wire/activities.ts';
import { createAddresses } from '../src/wire/addresses.ts';
import { createPostSerializer } from '../src/wire/post.ts';

const ORIGIN = 'https://albina.example';
const NEIGHBOR = 'https://belmont.example';
const STRANGER = 'https://mastodon.example';
const NOW = Date.UTC(2026, 2, 2);
const at = createAddresses(ORIGIN);
const trust: Trust = {
	neighborsOf: (of) => new Set(of === ORIGIN || of === NEIGHBOR ? [ORIGIN, NEIGHBOR] : []),
};
const serializer = createPostSerializer(at, () => trust);
const ada: LocalActor = {
	id: '1',
	handle: 'ada',
	displayName: 'Ada',
	summaryHtml: '',
	created: NOW,
	kind: 'person',
	listed: true,
	asksFirst: false,
};
const by = { origin: ORIGIN, author: `${ORIGIN}/ap/users/1`, people: [`${NEIGHBOR}/ap/users/2`] };

function post(audience: Audience, more: Partial<WirePost> = {}): WirePost {
	return {
		id: '9',
		author: ada,
		contentHtml: '<p>Hello</p>',
		summary: null,
		language: null,
		published: NOW,
		edited: null,
		inReplyTo: null,
		audience,
		mentions: [],
		thread: null,
		sensitive: false,
		tags: [],
		attachments: [],
		url: '/@ada/9',
		...more,
	};
}

const server = (origin: string): Reader => ({ kind: 'server', origin, hasFollowerOf: () => true });
const READERS: readonly Reader[] = [
	{ kind: 'nobody' },
	server(ORIGIN),
	server(NEIGHBOR),
	server(STRANGER),
	server(''),
	{ kind: 'person', actor: by.author, origin: ORIGIN, follows: () => true },
	{ kind: 'person', actor: `${NEIGHBOR}/ap/users/2`, origin: NEIGHBOR, follows: () => true },
];
const forms = (of: WirePost, reader: Reader) => [
	serializer.note(of, reader),
	serializer.create(of, reader),
	serializer.update(of, reader),
];

/** Every audience that scopes and their meets can make, and some that only a fault could make. */
function audiences(): Audience[] {
	const plain = SCOPES.map((scope) => audienceOf(scope, by));
	const elsewhere = SCOPES.map((scope) =>
		audienceOf(scope, { origin: NEIGHBOR, author: `${NEIGHBOR}/ap/users/2` }),
	);
	const all = [...plain, ...elsewhere, audienceOf('public', { ...by, listed: false })];
	const met = all.flatMap((a) => all.map((b) => meet(a, b)));
	const broken: Audience[] = [
		{ ...plain[0]!, walls: [] },
		{ ...plain[1]!, walls: [] },
		{ ...plain[0]!, reach: 'everyone' as Reach },
	];
	return [...all, ...met, ...broken];
}

describe('the wire form of a post', () => {
	it('is the one of fediverse.md 2.4 for the neighborhood', () => {
		const document = serializer.create(post(audienceOf('neighborhood', by)), server(NEIGHBOR));
		const neighbors = [`${ORIGIN}/ap/neighbors`];
		expect(document).to.deep.include({ type: 'Create', to: neighbors, cc: [], actor: by.author });
		expect(document!.object).to.deep.include({
			type: 'Note',
			to: neighbors,
			cc: [],
			interactionPolicy: {
				canReply: { automaticApproval: neighbors },
				canAnnounce: { automaticApproval: [by.author] },
				canQuote: { automaticApproval: [by.author] },
			},
		});
		expect(JSON.stringify(document)).to.not.match(/Public|\/followers|directMessage|"signature"|"proof"/);
	});

	it('of a public post is to everyone and to followers, and says so on activity and object alike', () => {
		const document = serializer.create(post(audienceOf('public', by)), { kind: 'nobody' });
		const addressing = {
			to: ['https://www.w3.org/ns/activitystreams#Public'],
			cc: [`${by.author}/followers`],
		};
		expect(document).to.deep.include(addressing);
		expect(document!.object).to.deep.include(addressing);
	});

	it('of an unlisted post has them the other way round', () => {
		const document = serializer.note(post(audienceOf('public', { ...by, listed: false })), {
			kind: 'nobody',
		});
		expect(document).to.deep.include({
			to: [`${by.author}/followers`],
			cc: ['https://www.w3.org/ns/activitystreams#Public'],
		});
	});

	it('does not exist for a branch post, whoever asks', () => {
		for (const reader of READERS) {
			expect(forms(post(audienceOf('branch', by)), reader)).to.deep.equal([null, null, null]);
		}
	});

	it('whatever the audience, what is not plainly public never names everyone, nor a circle that is not its own', () => {
		let made = 0;
		for (const audience of audiences()) {
			const isPublic =
				audience.reach === 'public' && audience.followersOf.length === 0 && audience.only === null;
			for (const reader of READERS) {
				for (const form of forms(post(audience, { mentions: MENTIONS }), reader)) {
					if (form === null || isPublic) continue;
					made++;
					expect(audience.reach, 'a branch post has no form').not.to.equal('branch');
					expect(JSON.stringify(form)).to.not.match(/#Public|as:Public|"Public"/);
					if (audience.reach === 'neighborhood') {
						expect(reader).to.have.property('origin').that.is.oneOf([ORIGIN, NEIGHBOR]);
					}
					if (audience.only !== null) {
						expect(audience.only).to.include.members(form.to as string[]);
						expect(form.cc).to.deep.equal([]);
					} else if (audience.followersOf.length > 0) {
						const circle = [`${by.author}/followers`, ...audience.followersOf];
						expect(circle).to.include.members(form.to as string[]);
					} else {
						expect(audience.walls).to.include(ORIGIN);
						expect(JSON.stringify(form)).to.not.match(/\/followers/);
						expect(form.cc).to.deep.equal([]);
					}
				}
			}
		}
		expect(made).to.be.greaterThan(10);
	});

	const MENTIONS = [
		{ actor: `${NEIGHBOR}/ap/users/2`, handle: 'bo@belmont.example' },
		{ actor: `${STRANGER}/users/mara`, handle: 'mara@mastodon.example' },
		{ actor: `${NEIGHBOR}/followers/x`, handle: 'x@belmont.example' },
	];

	it('of a neighborhood post addresses neighbors who are mentioned, and no stranger', () => {
		const named = post(audienceOf('neighborhood', by), { mentions: MENTIONS });
		const note = serializer.note(named, server(NEIGHBOR));
		expect(note).to.deep.include({
			to: [`${ORIGIN}/ap/neighbors`, `${NEIGHBOR}/ap/users/2`],
			cc: [],
			tag: [{ type: 'Mention', href: `${NEIGHBOR}/ap/users/2`, name: '@bo@belmont.example' }],
		});
	});

	it('of a reply is for those who neighbor both, and is addressed to our own collection', () => {
		const parent = audienceOf('neighborhood', { origin: NEIGHBOR, author: `${NEIGHBOR}/ap/users/2` });
		const reply = post(meet(parent, audienceOf('neighborhood', by)), { inReplyTo: `${NEIGHBOR}/9` });
		expect(serializer.note(reply, server(NEIGHBOR))).to.deep.include({ to: [`${ORIGIN}/ap/neighbors`] });
		expect(serializer.note(reply, server(STRANGER))).to.equal(null);
	});

	it('carries a warning, a language and an edit as Mastodon reads them', () => {
		const edited = post(audienceOf('public', by), {
			summary: 'spoilers',
			sensitive: true,
			language: 'es',
			edited: NOW + 1,
		});
		expect(serializer.update(edited, { kind: 'nobody' })).to.deep.nested.include({
			'object.sensitive': true,
			'object.summary': 'spoilers',
			'object.contentMap': { es: '<p>Hello</p>' },
			'object.updated': '2026-03-02T00:00:00.001Z',
			id: `${by.author}/statuses/9#updates/${NOW + 1}`,
		});
	});

	it('a Delete tells nobody how far the post once went', () => {
		const text = JSON.stringify(createActivities(at).deleteOf(post(audienceOf('public', by))));
		expect(text).to.not.match(/Public|\/followers|Hello/);
	});

	it('the same answer to the same Follow has the same id, another one another', () => {
		const { answerOf } = createActivities(at);
		const follow = { id: `${STRANGER}/follows/1`, actor: `${STRANGER}/users/mara` };
		expect(answerOf('Accept', ada, follow)).to.deep.equal(answerOf('Accept', ada, follow));
		expect(answerOf('Accept', ada, follow).id).to.not.equal(
			answerOf('Accept', ada, { ...follow, id: `${STRANGER}/follows/2` }).id,
		);
	});
});
