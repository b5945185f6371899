import {
	Application,
	type CryptographicKey,
	Endpoints,
	Organization,
	Person,
	PropertyValue,
} from '@fedify/vocab';
import type { LocalActor } from '../ports.ts';
import type { Addresses } from '../wire/addresses.ts';
import { instant } from './instant.ts';

const DAY = 86_400_000;

/** An actor of ours in Fedify's vocabulary. Of the day it was made only the date is told. */
export function toFedifyActor(
	actor: LocalActor,
	key: CryptographicKey,
	at: Addresses,
): Person | Organization | Application {
	const shared = {
		id: new URL(at.actor(actor)),
		preferredUsername: actor.handle,
		name: actor.displayName,
		summary: actor.summaryHtml,
		inbox: new URL(at.inbox(actor)),
		outbox: new URL(at.outbox(actor)),
		followers: new URL(at.followers(actor)),
		...(actor.kind === 'server'
			? {}
			: { following: new URL(at.following(actor)), featured: new URL(at.featured(actor)) }),
		endpoints: new Endpoints({ sharedInbox: new URL(at.sharedInbox) }),
		publicKey: key,
		discoverable: actor.listed,
		indexable: actor.listed,
		...(actor.fields?.length
			? { attachments: actor.fields.map(({ name, html }) => new PropertyValue({ name, value: html })) }
			: {}),
		...(actor.aliases?.length ? { aliases: actor.aliases.map((alias) => new URL(alias)) } : {}),
		...(actor.movedTo ? { successor: new URL(actor.movedTo) } : {}),
		manuallyApprovesFollowers: actor.asksFirst,
		published: instant(Math.floor(actor.created / DAY) * DAY),
	};
	if (actor.kind === 'server') return new Application({ ...shared, url: new URL(at.page('/about')) });
	const url = new URL(at.page(`/@${actor.handle}`));
	return actor.kind === 'branch' ? new Organization({ ...shared, url }) : new Person({ ...shared, url });
}
