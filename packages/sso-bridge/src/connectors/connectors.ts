import type { CatalogueNetwork } from '@understory/core/catalogue-network.ts';
import type { Log } from '@understory/core/log.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { Connection } from '@understory/core/sign-in-connections.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { factsWanted } from '../card/admission.ts';
import type { LibraryKeys } from '../keys.ts';
import type { Database } from '../store/database.ts';
import { almaConnector } from './alma.ts';
import { withBreaker } from './breaker.ts';
import { type CatalogueLines, networksFor } from './catalogue-lines.ts';
import type { Connector } from './connector.ts';
import { evergreenConnector } from './evergreen.ts';
import { folioConnector } from './folio.ts';
import type { HttpParts } from './http-connector.ts';
import { inLine } from './in-line.ts';
import { kohaConnector } from './koha.ts';
import { listConnector } from './list.ts';
import { millenniumConnector } from './millennium.ts';
import { polarisConnector } from './polaris.ts';
import { sierraConnector } from './sierra.ts';
import { sip2Connector } from './sip2.ts';
import { sirsiDynixConnector } from './sirsidynix.ts';

/** The connectors of all libraries, each with its own connections, so that no two share one. */
export interface Connectors {
	/** That of a library's settings; the same one as long as they are. */
	of(library: Pick<LibraryRecord, 'id' | 'slug'>, settings: SignInSettings): Connector;
	/** Does something with a connector that is made for it and let go afterwards: for trying settings that are not in force. `library` is an id. */
	once<T>(library: string, settings: SignInSettings, work: (connector: Connector) => Promise<T>): Promise<T>;
	/** Lets go of every connection. */
	close(): Promise<void>;
}

export interface ConnectorsParts {
	readonly catalogueLines: CatalogueLines;
	/** The networks that the platform allowed for a library's catalogue, by its id. */
	networksOf(library: string): readonly CatalogueNetwork[];
	readonly database: Database;
	keysOf(library: string): LibraryKeys;
	readonly log: Log;
	/** How slow the hashes of lists are (`ListParts.cost`). */
	readonly listCost?: number;
}

/** Well-known SIP2 servers serve twenty connections, their own machines among them. */
const AT_ONCE = 10;
const WAIT_MS = 8_000;

interface Made {
	readonly digest: string;
	readonly connector: Connector;
	/** Null where none is needed. */
	readonly outgoing: Outgoing | null;
}

export function createConnectors(parts: ConnectorsParts): Connectors {
	const { catalogueLines, networksOf, database, keysOf, log, listCost: cost } = parts;
	const made = new Map<string, Made>();

	function make(library: string, settings: SignInSettings): Omit<Made, 'digest'> {
		const { connector: connection, timeouts = {}, rules } = settings;
		const wants = factsWanted(rules);
		if (connection.kind === 'list') {
			const list = listConnector({
				database,
				library,
				keys: () => keysOf(library),
				...(cost === undefined ? {} : { cost }),
			});
			return { connector: list, outgoing: null };
		}
		const networks = networksFor(connection, networksOf(library));
		if (connection.kind === 'sip2') {
			const guard = catalogueLines.guard({ networks });
			return { connector: sip2Connector(connection, { timeouts, wants, guard }), outgoing: null };
		}
		const { url, ca } = connection;
		// Without encryption nothing leaves the network that was allowed.
		const insideOnly = url.startsWith('http:');
		const outgoing = catalogueLines.client({ networks, insideOnly, ...(ca === undefined ? {} : { ca }) });
		return { connector: overHttp(connection, { outgoing, timeouts, wants }), outgoing };
	}

	return {
		of({ id: library, slug }, settings) {
			const { connector, timeouts, rules, at_once } = settings;
			const digest = JSON.stringify([connector, timeouts, rules?.belongs, at_once, networksOf(library)]);
			const known = made.get(library);
			if (known?.digest === digest) return known.connector;
			const { connector: bare, outgoing } = make(library, settings);
			const line = inLine(bare, { atOnce: settings.at_once ?? AT_ONCE, waitMs: timeouts?.whole ?? WAIT_MS });
			const guarded = withBreaker(line, {
				changed: (state) => log.warn(`catalogue_${state}`, { library: slug }),
			});
			const fresh = { connector: guarded, outgoing, digest };
			made.set(library, fresh);
			known?.outgoing?.close().catch(() => undefined);
			return fresh.connector;
		},
		async once(library, settings, work) {
			const { connector, outgoing } = make(library, settings);
			try {
				return await work(connector);
			} finally {
				await outgoing?.close();
			}
		},
		async close() {
			const all = [...made.values()];
			made.clear();
			await Promise.all(all.map(({ outgoing }) => outgoing?.close()));
		},
	};
}

function overHttp(connection: Exclude<Connection, { kind: 'sip2' | 'list' }>, parts: HttpParts): Connector {
	switch (connection.kind) {
		case 'koha-rest':
			return kohaConnector(connection, parts);
		case 'sierra-rest':
			return sierraConnector(connection, parts);
		case 'polaris-papi':
			return polarisConnector(connection, parts);
		case 'sirsidynix-ws':
			return sirsiDynixConnector(connection, parts);
		case 'folio':
			return folioConnector(connection, parts);
		case 'alma':
			return almaConnector(connection, parts);
		case 'evergreen-remoteauth':
			return evergreenConnector(connection, parts);
		case 'millennium-patronapi':
			return millenniumConnector(connection, parts);
	}
}
