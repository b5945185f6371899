import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PublicError } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import { expect } from 'chai';
import { createContextLoader } from '../../packages/federation/src/fedify/contexts.ts';
import { type Meaning, parseActivity } from '../../packages/federation/src/fedify/parse.ts';
import { readActor } from '../../packages/federation/src/fedify/remote-actors.ts';
import type { RemoteActor } from '../../packages/federation/src/ports.ts';
import { readEnvelope } from '../../packages/federation/src/receive/envelope.ts';

/** Documents captured from other software, beside the repository; licences and origins are in the SOURCES.md there. */
const FOLDER = fileURLToPath(new URL('../../../shared/data/activitypub', import.meta.url));
/** Where documents without an address of their own are said to come from. */
const THERE = 'https://there.example';
const ACTOR_TYPES = ['Person', 'Service', 'Application', 'Group', 'Organization'];
type Document = Record<string, unknown>;

describe('documents of other servers', () => {
	const contexts = createContextLoader();
	let documents: { name: string; document: Document }[];
	before(function () {
		if (!existsSync(FOLDER)) {
			console.warn('SKIPPED, LOUDLY: shared/data/activitypub is not beside the repository.');
			this.skip();
		}
		documents = globSync('**/*.json', { cwd: FOLDER })
			.filter((name) => !name.includes('jsonld-contexts'))
			.sort()
			.flatMap((name) => documentsIn(name));
	});

	it('as activities, are understood or refused in a sentence; nothing else happens', async () => {
		const outcomes = { understood: 0, dropped: 0, refused: 0 };
		for (const { name, document } of documents) {
			const outcome = await understand(asActivity(document), name);
			outcomes[outcome]++;
		}
		expect(documents.length).to.be.greaterThan(80);
		expect(outcomes.understood, JSON.stringify(outcomes)).to.be.greaterThan(20);
		expect(outcomes.refused, JSON.stringify(outcomes)).to.be.lessThan(outcomes.understood + outcomes.dropped);
	});

	it('as actors, are read or are none', async () => {
		const actors = documents.filter(({ document }) => ACTOR_TYPES.includes(String(document.type)));
		let read = 0;
		for (const { document } of actors) {
			const known = await readActor(document, contexts);
			if (!known) continue;
			read++;
			expect(known.actor.handle).to.match(/^[^\s@/]+$/);
			expect(originOf(known.actor.inbox)).to.equal(originOf(known.actor.id));
		}
		expect(read, `${read} of ${actors.length}`).to.be.greaterThan(4);
	});

	it('with any one of their members taken away or spoiled, break nothing', async () => {
		const spoiled: unknown[] = [undefined, null, 7, true, '', 'x', [], {}, [null], { id: null }, 'http://['];
		for (const { name, document } of documents.filter((_, index) => index % 4 === 0)) {
			const activity = asActivity(document);
			for (const member of Object.keys(activity)) {
				for (const value of spoiled) await understand({ ...activity, [member]: value }, `${name} ${member}`);
			}
			const object = activity.object as Document | null;
			if (typeof object !== 'object' || object === null || Array.isArray(object)) continue;
			for (const member of Object.keys(object)) {
				for (const value of spoiled) {
					const changed = { ...activity, object: { ...object, [member]: value } };
					await understand(changed, `${name} object.${member}`);
				}
			}
		}
	});

	async function understand(document: Document, name: string): Promise<'understood' | 'dropped' | 'refused'> {
		try {
			const envelope = readEnvelope(Buffer.from(JSON.stringify(document)));
			if (envelope.type === null) return 'dropped';
			const { id, actor } = envelope;
			const meaning: Meaning = await parseActivity(envelope.document, {
				origin: THERE,
				id,
				actor,
				contexts,
				clean: async (html) => html,
				now: Date.UTC(2026, 2, 2),
				sender: async () => remote(actor),
			});
			return meaning === null ? 'dropped' : 'understood';
		} catch (error) {
			if (error instanceof PublicError && error.status < 500) return 'refused';
			throw new Error(`${name} broke the parser`, { cause: error });
		}
	}
});

function documentsIn(name: string): { name: string; document: Document }[] {
	const value: unknown = JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8'));
	if (typeof value !== 'object' || value === null) return [];
	const { body } = value as { body?: unknown };
	const inner = typeof body === 'string' ? jsonOrNull(body) : value;
	return typeof inner === 'object' && inner !== null ? [{ name, document: inner as Document }] : [];
}

function jsonOrNull(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}

/**
 * A document as it could arrive: activities as they are, everything else created by whoever wrote it. Some collections leave ids
 * and authors out, or use `tag:` ids; those get an address, so that the rest of the document is read and not just its lack of one.
 */
function asActivity(original: Document): Document {
	const addressed = JSON.stringify(original).replaceAll(/"tag:[^:"]+:/g, `"${THERE}/`);
	const document = JSON.parse(addressed) as Document;
	const isActivity = 'actor' in document;
	const known = addressOf(isActivity ? document.actor : document.attributedTo);
	const isActor = ACTOR_TYPES.includes(String(document.type));
	const home = originOf(known ?? addressOf(document.id) ?? THERE);
	const id = addressOf(document.id) ?? `${home}/1`;
	const actor = known ?? (isActor ? id : `${home}/someone`);
	if (isActivity) return { ...document, id, actor: known === null ? actor : document.actor };
	return {
		'@context': document['@context'] ?? 'https://www.w3.org/ns/activitystreams',
		id: `${id}#create`,
		type: 'Create',
		actor,
		to: document.to,
		object: { ...document, attributedTo: actor, id },
	};
}

function addressOf(value: unknown): string | null {
	const first: unknown = [value].flat()[0];
	const id = typeof first === 'object' && first !== null ? (first as { id?: unknown }).id : first;
	return typeof id === 'string' && /^https?:/.test(originOf(id)) ? id : null;
}

function remote(id: string): RemoteActor {
	const handle = id.split('/').at(-1) ?? 'somebody';
	const inbox = `${id}/inbox`;
	return {
		id,
		handle,
		host: new URL(id).host,
		displayName: handle,
		inbox,
		sharedInbox: null,
		followers: null,
		featured: null,
		url: null,
	};
}
