import type { SignInSettings } from '@understory/core/sign-in-settings.ts';

const canary = { card: 'a card that belongs to nobody', pin: 'its PIN' };

/** A beginning for each kind of catalogue: what has to be filled in, and nothing else. */
export const SIGN_IN_EXAMPLES: readonly {
	readonly kind: string;
	readonly settings: Omit<SignInSettings, 'version'>;
}[] = [
	{
		connector: {
			kind: 'sip2',
			host: 'sip.library.example',
			port: 6001,
			tls: {},
			institution: '',
			login: { user: '', password: '' },
		},
	},
	{
		connector: {
			kind: 'koha-rest',
			url: 'https://koha.library.example',
			client: { id: '', secret: '' },
		},
	},
	{
		connector: {
			kind: 'sierra-rest',
			url: 'https://sierra.library.example/iii/sierra-api',
			client: { key: '', secret: '' },
		},
	},
	{
		connector: {
			kind: 'polaris-papi',
			url: 'https://polaris.library.example/PAPIService/REST',
			access_id: '',
			access_key: '',
		},
	},
	{
		connector: {
			kind: 'sirsidynix-ws',
			url: 'https://symphony.library.example/ilsws',
			client_id: '',
			app_id: 'Understory',
		},
	},
	{
		connector: {
			kind: 'folio',
			url: 'https://folio.library.example',
			tenant: '',
			login: { user: '', password: '' },
			secret: 'pin',
		},
	},
	{ connector: { kind: 'alma', url: 'https://api-na.hosted.exlibrisgroup.com', api_key: '' } },
	{
		connector: {
			kind: 'evergreen-remoteauth',
			url: 'https://evergreen.library.example/eg/remoteauth/understory',
		},
	},
	{
		connector: {
			kind: 'millennium-patronapi',
			legacy: true,
			url: 'https://catalog.library.example/PATRONAPI',
		},
	},
	{ connector: { kind: 'list', upload_key: 'at least 20 characters' } },
].map(({ connector }) => ({
	kind: connector.kind,
	settings: {
		state: 'draft',
		connector: connector as SignInSettings['connector'],
		...(connector.kind === 'list' ? {} : { canaries: [canary] }),
	},
}));
