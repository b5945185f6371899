const GTS = 'https://gotosocial.org/ns#';
const FEP_044F = 'https://w3id.org/fep/044f#';
const id = (name: string) => ({ '@id': name, '@type': '@id' });
const term = (name: string) => id(`gts:${name}`);

/** Terms that are not ActivityStreams' own. Written out, so that nobody has to fetch anything to read us. */
export const CONTEXT = [
	'https://www.w3.org/ns/activitystreams',
	{
		sensitive: 'as:sensitive',
		Hashtag: 'as:Hashtag',
		toot: 'http://joinmastodon.org/ns#',
		votersCount: 'toot:votersCount',
		ical: 'http://www.w3.org/2002/12/cal/ical#',
		mz: 'https://joinmobilizon.org/ns#',
		timezone: 'mz:timezone',
		joinMode: 'mz:joinMode',
		externalParticipationUrl: 'mz:externalParticipationUrl',
		onlineAddress: 'mz:onlineAddress',
		maximumAttendeeCapacity: 'https://schema.org/maximumAttendeeCapacity',
		remainingAttendeeCapacity: 'https://schema.org/remainingAttendeeCapacity',
		gts: GTS,
		interactionPolicy: term('interactionPolicy'),
		canReply: term('canReply'),
		canAnnounce: term('canAnnounce'),
		canQuote: term('canQuote'),
		automaticApproval: term('automaticApproval'),
		manualApproval: term('manualApproval'),
		quote: id(`${FEP_044F}quote`),
		quoteAuthorization: id(`${FEP_044F}quoteAuthorization`),
		quoteUrl: 'as:quoteUrl',
		quoteUri: 'http://fedibird.com/ns#quoteUri',
		_misskey_quote: 'https://misskey-hub.net/ns#_misskey_quote',
	},
];

/** The terms of asking to quote and of the answer (FEP-044f). */
export const QUOTE_CONTEXT = [
	...CONTEXT,
	{
		QuoteRequest: `${FEP_044F}QuoteRequest`,
		QuoteAuthorization: `${FEP_044F}QuoteAuthorization`,
		interactingObject: term('interactingObject'),
		interactionTarget: term('interactionTarget'),
	},
];
