// Made from the OpenAPI document of the provisioning API by `npm run api-client`. A test holds the two together; do not edit.

export type Address = {
	readonly street: string;
	readonly city: string;
	readonly region: string;
	readonly postcode: string;
};

export type Location = {
	/** thousandths of a degree north of the equator */
	readonly north: number;
	/** thousandths of a degree east of Greenwich */
	readonly east: number;
};

export type Witness = {
	/** verifier key of type 0x04 (C2SP tlog-cosignature) */
	readonly vkey: string;
	/** submission prefix (C2SP tlog-witness) */
	readonly url: string;
};

export type Problem = {
	readonly type: string;
	readonly title: string;
	readonly status: number;
	readonly code: string;
	readonly request_id?: string;
	readonly errors?: readonly {
		readonly field: string;
		readonly text: string;
	}[];
};

export type NewLibrary = {
	readonly slug: string;
	readonly name: string;
	readonly region: string;
	/** IANA time zone */
	readonly zone: string;
	readonly languages?: readonly ('en' | 'es')[];
	readonly card_digits?: number | null;
	readonly address?: Address;
	readonly phone?: string | null;
};

export type LibraryChange = {
	readonly name?: string;
	readonly zone?: string;
	readonly phone?: string | null;
	readonly card_digits?: number | null;
	readonly witnesses?: readonly Witness[];
	readonly watches?: readonly string[];
	/** null: copies are made only when somebody asks */
	readonly backup_schedule?: {
		/** from one copy to the next, at most 168 */
		readonly every_hours: number;
		readonly keep: {
			readonly daily: number;
			readonly weekly: number;
			readonly monthly: number;
		};
		/** whole hours in the time of the library in which copies are begun; null: at any time */
		readonly hours: {
			readonly from: number;
			readonly to: number;
		} | null;
	} | null;
	readonly hosting_days?: HostingDays | null;
	/** whole hours of its own time in which homes with its branches are upgraded; null: those of each upgrade */
	readonly upgrade_hours?: {
		readonly from: number;
		readonly to: number;
	} | null;
};

export type Library = {
	readonly id: string;
	readonly slug: string;
	readonly name: string;
	readonly region: string;
	readonly zone: string;
	readonly languages: readonly string[];
	readonly card_origin: string;
	readonly accountability_origin: string;
	readonly card_digits: number | null;
	readonly witnesses: readonly Witness[];
	readonly watches: readonly string[];
	readonly bodies: readonly Body[];
	readonly records: AdoptedRecords | null;
	/** null: copies are made only when somebody asks */
	readonly backup_schedule: {
		/** from one copy to the next, at most 168 */
		readonly every_hours: number;
		readonly keep: {
			readonly daily: number;
			readonly weekly: number;
			readonly monthly: number;
		};
		/** whole hours in the time of the library in which copies are begun; null: at any time */
		readonly hours: {
			readonly from: number;
			readonly to: number;
		} | null;
	} | null;
	readonly hosting_days: HostingDays | null;
	/** whole hours of its own time in which homes with its branches are upgraded; null: those of each upgrade */
	readonly upgrade_hours: {
		readonly from: number;
		readonly to: number;
	} | null;
	readonly sample: boolean;
	readonly address: Address | null;
	readonly phone: string | null;
	readonly source_key: string | null;
	/** UTC milliseconds since 1970 */
	readonly created: number;
};

export type Libraries = {
	readonly items: readonly Library[];
};

export type NewBranch = {
	readonly slug: string;
	readonly name: string;
	readonly address: Address;
	readonly location?: Location | null;
	readonly phone?: string | null;
	readonly cloth?: string;
	/** shared unless said otherwise; `move` changes it */
	readonly home?: 'shared' | 'dedicated';
};

export type BranchChange = {
	readonly name?: string;
	readonly address?: Address;
	readonly location?: Location | null;
	readonly phone?: string | null;
	readonly cloth?: string;
	readonly door?: Door;
	readonly appeal_partner?: string;
	readonly federation?: 'closed' | 'neighborhood' | 'cautious' | 'open';
	readonly teens_public?: boolean;
	readonly totals_only?: {
		readonly [name: string]: string;
	} | null;
	readonly proposed_closing?: null;
};

export type Condition = {
	readonly type: 'Available' | 'Synced' | 'Progressing' | 'Drifted' | 'Paused' | 'Deleting' | 'Neighborly' | 'DomainVerified' | 'CertificateReady' | 'Hosted' | 'BackupFresh';
	readonly status: 'True' | 'False' | 'Unknown';
	readonly reason: string;
	readonly message: string;
	/** UTC milliseconds since 1970 */
	readonly last_transition_time: number;
	readonly observed_generation: number;
};

export type Branch = {
	readonly id: string;
	readonly slug: string;
	readonly name: string;
	readonly code: string;
	readonly cloth: string;
	readonly kind: 'branch' | 'room';
	readonly stage: string;
	readonly url: string;
	readonly federation: 'closed' | 'neighborhood' | 'cautious' | 'open';
	readonly teens_public: boolean;
	readonly totals_only: {
		readonly [name: string]: string;
	} | null;
	readonly address: Address;
	readonly location: Location | null;
	readonly phone: string | null;
	readonly door: Door | null;
	readonly policies: readonly string[];
	readonly appeal_partner: string | null;
	readonly proposed_closing: string | null;
	readonly hosting: {
		/** until when somebody hosts it; null while no end is known */
		readonly until: number | null;
		readonly unhosted: Unhosted | null;
	};
	readonly suspended: {
		/** why nobody comes in, for whoever wants to, by language */
		readonly why: {
			readonly [name: string]: string;
		};
		/** UTC milliseconds since 1970 */
		readonly since: number;
		/** UTC milliseconds since 1970 */
		readonly until: number;
	} | null;
	/** since when it is closed for good, and until when its folder is kept */
	readonly retired: {
		/** UTC milliseconds since 1970 */
		readonly at: number;
		/** UTC milliseconds since 1970 */
		readonly until: number;
		/** UTC milliseconds since 1970 */
		readonly deleted: number | null;
	} | null;
	/** where it goes on when it is closed */
	readonly successor: {
		readonly id: string;
		readonly name: string;
		readonly url: string;
	} | null;
	readonly home: {
		readonly kind: 'shared' | 'dedicated';
		readonly name: string | null;
	};
	readonly generation: number;
	readonly observed_generation: number;
	readonly conditions: readonly Condition[];
	/** UTC milliseconds since 1970 */
	readonly created: number;
};

export type Branches = {
	readonly items: readonly Branch[];
};

export type Event = {
	/** stays the same when the event is counted once more */
	readonly id: string;
	/** what to go on from; a new one each time it is counted */
	readonly seq: number;
	readonly branch: string;
	readonly condition: string;
	/** null for the first that was told of a condition */
	readonly from: {
		readonly status: 'True' | 'False' | 'Unknown';
		readonly reason: string;
	} | null;
	readonly status: 'True' | 'False' | 'Unknown';
	readonly reason: string;
	readonly message: string;
	/** the generation of the branch it is about */
	readonly observed_generation: number;
	/** how often, each within an hour of the one before */
	readonly times: number;
	/** UTC milliseconds since 1970 */
	readonly first_time: number;
	/** UTC milliseconds since 1970 */
	readonly last_time: number;
};

export type Events = {
	readonly items: readonly Event[];
	/** give it as `after` to get what comes next */
	readonly last: number;
};

export type NewPlan = {
	readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** of the request, under /api/v1 */
	readonly path: string;
	/** of the request; left out where it has none */
	readonly body?: unknown;
};

export type PlannedChange = {
	readonly what: string;
	/** as it is now; null for what is not there */
	readonly from: unknown;
	/** as it would be; null for what would be gone */
	readonly to: unknown;
};

export type Plan = {
	/** what the request does */
	readonly would: string;
	/** the kind of operation that would begin */
	readonly operation: string | null;
	readonly changes: readonly PlannedChange[];
	/** there are more changes than are told, or lists too long to be compared to their end */
	readonly more: boolean;
};

export type SignInSettings = {
	readonly version: number;
	readonly state: 'draft' | 'test' | 'live';
	readonly connector: {
		readonly kind: 'sip2';
		readonly host: string;
		readonly port: number;
		readonly institution?: string;
		readonly login?: {
			readonly user: string;
			readonly password: string;
			readonly location?: string;
		};
		readonly tls?: {
			readonly ca?: string;
			readonly pinned?: string;
			readonly server_name?: string;
			readonly certificate?: string;
			readonly key?: string;
		};
		readonly plain_text?: boolean;
		readonly terminal_password?: string;
		readonly dialect?: 'compliant' | 'generic' | 'folio' | 'auto-graphics';
		readonly charset?: 'ascii' | 'latin1' | 'cp850' | 'utf-8';
		readonly separator?: string;
		readonly terminator?: 'CR' | 'CRLF' | 'LF';
		readonly date_zone?: 'spaces' | 'zeros' | 'utc';
		readonly asks_status?: 'after_login' | 'before_login' | 'never';
		readonly ends_session?: boolean;
		readonly fields?: {
			readonly birth_date?: {
				readonly field: string;
				readonly order: 'YMD' | 'MDY' | 'DMY';
			};
			readonly expiry?: readonly ({
				readonly field: string;
				readonly order?: 'YMD' | 'MDY' | 'DMY';
			} | {
				readonly flag: string;
			} | {
				readonly text: string;
			})[];
			readonly patron_type?: string;
			readonly location?: string;
			readonly stable_id?: string;
		};
		readonly error_detection?: 'off' | 'send' | 'require';
		readonly aliases?: {
			readonly cards: string;
		};
		readonly card_case?: 'exact' | 'any';
		readonly reads_patron?: boolean;
	} | {
		readonly kind: 'list';
		readonly upload_key: string;
	} | {
		readonly kind: 'koha-rest';
		readonly url: string;
		readonly plain_http?: boolean;
		readonly ca?: string;
		readonly login?: {
			readonly user: string;
			readonly password: string;
		};
		readonly client?: {
			readonly id: string;
			readonly secret: string;
		};
		readonly reads_patron?: boolean;
	} | {
		readonly kind: 'sierra-rest';
		readonly url: string;
		readonly plain_http?: boolean;
		readonly ca?: string;
		readonly client: {
			readonly key: string;
			readonly secret: string;
		};
		readonly question?: 'auth' | 'validate';
		readonly reads_patron?: boolean;
		readonly blocks?: {
			readonly [name: string]: 'lost_card' | 'barred' | 'address' | 'other' | 'no_borrowing' | 'debts' | 'overdues' | 'too_many_items' | 'lost_items';
		};
	} | {
		readonly kind: 'polaris-papi';
		readonly url: string;
		readonly plain_http?: boolean;
		readonly ca?: string;
		readonly access_id: string;
		readonly access_key: string;
		readonly language?: number;
		readonly application?: number;
		readonly organization?: number;
		readonly reads_patron?: boolean;
	} | {
		readonly kind: 'sirsidynix-ws';
		readonly url: string;
		readonly plain_http?: boolean;
		readonly ca?: string;
		readonly client_id: string;
		readonly app_id?: string;
		readonly library?: string;
		readonly system?: 'symphony' | 'horizon';
		readonly reads_patron?: boolean;
	} | {
		readonly kind: 'folio';
		readonly url: string;
		readonly plain_http?: boolean;
		readonly ca?: string;
		readonly tenant: string;
		readonly login: {
			readonly user: string;
			readonly password: string;
		};
		readonly secret?: 'pin' | 'password';
		readonly card_field?: 'barcode' | 'externalSystemId' | 'username';
	} | {
		readonly kind: 'alma';
		readonly url: string;
		readonly plain_http?: boolean;
		readonly ca?: string;
		readonly api_key: string;
		readonly reads_patron?: boolean;
		readonly blocks?: {
			readonly [name: string]: 'lost_card' | 'barred' | 'address' | 'other' | 'no_borrowing' | 'debts' | 'overdues' | 'too_many_items' | 'lost_items';
		};
	} | {
		readonly kind: 'evergreen-remoteauth';
		readonly url: string;
		readonly plain_http?: boolean;
		readonly ca?: string;
	} | {
		readonly kind: 'millennium-patronapi';
		readonly url: string;
		readonly plain_http?: boolean;
		readonly ca?: string;
		readonly legacy: true;
		readonly reads_patron?: boolean;
		readonly blocks?: {
			readonly [name: string]: 'lost_card' | 'barred' | 'address' | 'other' | 'no_borrowing' | 'debts' | 'overdues' | 'too_many_items' | 'lost_items';
		};
	};
	readonly card?: {
		readonly label?: {
			readonly en: string;
			readonly es?: string;
		};
		readonly hint?: {
			readonly en: string;
			readonly es?: string;
		};
		/** a pattern of RE2, for the whole text */
		readonly pattern?: string;
		readonly lengths?: readonly number[];
		readonly keyboard?: 'numeric' | 'text' | 'email';
		readonly scanner?: 'ends' | 'codabar';
	};
	readonly pin?: {
		readonly label?: {
			readonly en: string;
			readonly es?: string;
		};
		readonly hint?: {
			readonly en: string;
			readonly es?: string;
		};
		readonly alphabet?: 'digits' | 'letters_and_digits' | 'any';
		readonly min_length?: number;
		readonly max_length?: number;
		readonly keyboard?: 'numeric' | 'text';
	};
	readonly rules?: {
		readonly belongs?: readonly ({
			readonly of: 'card' | 'location' | 'patron_type';
			readonly is: readonly string[];
			readonly not?: boolean;
		} | {
			readonly of: 'card' | 'location' | 'patron_type';
			readonly starts: readonly string[];
			readonly not?: boolean;
		} | {
			readonly of: 'card' | 'location' | 'patron_type';
			/** a pattern of RE2, for the whole text */
			readonly matches: string;
			readonly not?: boolean;
		})[];
		readonly minimum_age?: number;
		readonly unknown_age?: 'accept' | 'refuse';
		readonly stop_on?: readonly ('lost_card' | 'barred' | 'address' | 'other')[];
		readonly grace_days?: number;
		readonly believed_days?: number;
	};
	readonly canaries?: readonly {
		readonly card: string;
		readonly pin: string;
	}[];
	readonly probe_new_cards?: boolean;
	readonly locks_after?: number;
	readonly at_once?: number;
	readonly timeouts?: {
		readonly connect?: number;
		readonly answer?: number;
		readonly whole?: number;
	};
	readonly elsewhere?: {
		readonly ways: readonly ({
			readonly kind: 'saml';
			readonly id: string;
			readonly name: {
				readonly en: string;
				readonly es?: string;
			};
			readonly state?: 'draft' | 'test' | 'live';
			readonly people: readonly ({
				readonly when: readonly ({
					readonly attribute: string;
					readonly is: readonly string[];
				} | {
					readonly attribute: string;
					readonly starts: readonly string[];
				} | {
					readonly attribute: string;
					readonly ends: readonly string[];
				} | {
					readonly attribute: string;
					readonly present: boolean;
				})[];
				readonly refuse: true;
			} | {
				readonly when: readonly ({
					readonly attribute: string;
					readonly is: readonly string[];
				} | {
					readonly attribute: string;
					readonly starts: readonly string[];
				} | {
					readonly attribute: string;
					readonly ends: readonly string[];
				} | {
					readonly attribute: string;
					readonly present: boolean;
				})[];
				readonly let_in: {
					readonly age_band: 'child' | 'teen' | 'adult' | 'unknown' | {
						readonly birth_date: string;
					};
					readonly affiliation: 'patron' | 'student' | 'staff';
				};
			})[];
			readonly unknown_age?: 'refuse' | 'accept';
			readonly ask_again?: boolean;
			readonly idp: {
				readonly metadata: string;
			} | {
				readonly url: string;
				readonly entity_id: string;
				readonly signed_by: string;
			};
			readonly signed?: 'both' | 'assertion';
			readonly encrypted?: 'allowed' | 'required';
			readonly subject_attribute?: string;
		} | {
			readonly kind: 'oidc';
			readonly id: string;
			readonly name: {
				readonly en: string;
				readonly es?: string;
			};
			readonly state?: 'draft' | 'test' | 'live';
			readonly people: readonly ({
				readonly when: readonly ({
					readonly attribute: string;
					readonly is: readonly string[];
				} | {
					readonly attribute: string;
					readonly starts: readonly string[];
				} | {
					readonly attribute: string;
					readonly ends: readonly string[];
				} | {
					readonly attribute: string;
					readonly present: boolean;
				})[];
				readonly refuse: true;
			} | {
				readonly when: readonly ({
					readonly attribute: string;
					readonly is: readonly string[];
				} | {
					readonly attribute: string;
					readonly starts: readonly string[];
				} | {
					readonly attribute: string;
					readonly ends: readonly string[];
				} | {
					readonly attribute: string;
					readonly present: boolean;
				})[];
				readonly let_in: {
					readonly age_band: 'child' | 'teen' | 'adult' | 'unknown' | {
						readonly birth_date: string;
					};
					readonly affiliation: 'patron' | 'student' | 'staff';
				};
			})[];
			readonly unknown_age?: 'refuse' | 'accept';
			readonly ask_again?: boolean;
			readonly issuer: string;
			readonly endpoints?: {
				readonly authorization: string;
				readonly token: string;
				readonly jwks: string;
				readonly userinfo?: string;
				readonly end_session?: string;
			};
			readonly client: {
				readonly id: string;
				readonly auth: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
				readonly secret?: string;
			};
			readonly scopes?: readonly string[];
			readonly userinfo?: boolean;
		})[];
		readonly only?: boolean;
		readonly keys?: readonly number[];
	};
	readonly languages?: readonly ('en' | 'es')[];
};

export type SignInAlerts = {
	readonly items: readonly {
		readonly kind: 'guessing' | 'catalogue_silent' | 'catalogue_wrong' | 'catalogue_lies';
		/** UTC milliseconds since 1970 */
		readonly since: number;
		/** UTC milliseconds since 1970 */
		readonly last: number;
		/** was it so in the last day? */
		readonly now: boolean;
	}[];
};

export type SignIn = {
	readonly settings: SignInSettings;
	/** UTC milliseconds since 1970 */
	readonly changed_at: number;
	readonly changed_by: string;
	readonly report: {
		readonly library: string;
		readonly test: number;
		readonly version: number;
		readonly ok: boolean;
		readonly steps: readonly {
			readonly step: string;
			readonly outcome: 'passed' | 'failed' | 'skipped';
			readonly why: string | null;
			readonly milliseconds: number;
		}[];
		/** UTC milliseconds since 1970 */
		readonly at: number;
	} | null;
};

export type NewSignInOperation = {
	readonly kind: 'test';
};

export type NewCatalogueNetwork = {
	/** a network of private addresses, such as 10.20.0.0/16, or one address */
	readonly cidr: string;
	readonly port: number;
};

export type CatalogueNetwork = {
	readonly id: string;
	/** a network of private addresses, such as 10.20.0.0/16, or one address */
	readonly cidr: string;
	readonly port: number;
	/** UTC milliseconds since 1970 */
	readonly allowed_at: number;
	readonly allowed_by: string;
};

export type CatalogueNetworks = {
	readonly items: readonly CatalogueNetwork[];
};

export type NewRule = {
	/** stays for ever, such as no-threats */
	readonly id: string;
	/** what it is called, by language */
	readonly title: {
		readonly [name: string]: string;
	};
	/** what it says, by language */
	readonly text: {
		readonly [name: string]: string;
	};
	/** the question a host answers with yes or no before using it, by language */
	readonly test: {
		readonly [name: string]: string;
	};
	/** posts to which the test says yes, by language */
	readonly examples_yes: {
		readonly [name: string]: readonly string[];
	};
	/** posts near those to which the test says no, by language */
	readonly examples_no: {
		readonly [name: string]: readonly string[];
	};
	readonly greatest_first_action: 'content_removed' | 'content_hidden' | 'content_labelled' | 'media_marked_sensitive' | 'reach_limited' | 'post_locked' | 'content_moved' | 'warning' | 'account_limited' | 'account_suspended' | 'account_ended' | 'none';
	/** does what was hidden or removed stay so while somebody appeals? missing is no */
	readonly down_during_appeal?: boolean;
};

export type NewPolicy = {
	readonly id: string;
	/** the branch whose addition it is; missing for the whole library */
	readonly branch?: string;
	readonly adopted_by: string;
	/** YYYY-MM-DD in the library’s zone */
	readonly effective_on: string;
	readonly rules: readonly NewRule[];
};

export type Rule = {
	/** stays for ever, such as no-threats */
	readonly id: string;
	/** what it is called, by language */
	readonly title: {
		readonly [name: string]: string;
	};
	/** what it says, by language */
	readonly text: {
		readonly [name: string]: string;
	};
	/** the question a host answers with yes or no before using it, by language */
	readonly test: {
		readonly [name: string]: string;
	};
	/** posts to which the test says yes, by language */
	readonly examples_yes?: {
		readonly [name: string]: readonly string[];
	};
	/** posts near those to which the test says no, by language */
	readonly examples_no?: {
		readonly [name: string]: readonly string[];
	};
	readonly greatest_first_action: 'content_removed' | 'content_hidden' | 'content_labelled' | 'media_marked_sensitive' | 'reach_limited' | 'post_locked' | 'content_moved' | 'warning' | 'account_limited' | 'account_suspended' | 'account_ended' | 'none';
	/** does what was hidden or removed stay so while somebody appeals? missing is no */
	readonly down_during_appeal?: boolean;
	readonly version: number;
};

export type Policy = {
	readonly id: string;
	/** the branch whose addition it is; missing for the whole library */
	readonly branch?: string;
	readonly adopted_by: string;
	/** YYYY-MM-DD in the library’s zone */
	readonly effective_on: string;
	readonly version: number;
	readonly rules: readonly Rule[];
	/** where this version stands for ever */
	readonly url: string;
	/** of its canonical JSON; decisions name it */
	readonly sha256: string;
};

export type Policies = {
	readonly items: readonly Policy[];
};

export type CheckedPolicy = {
	readonly policy: Policy;
	readonly warnings: readonly {
		readonly field: string;
		readonly text: string;
	}[];
};

export type NewContact = {
	readonly role: string;
	readonly name?: string | null;
	/** such as City Council */
	readonly body?: string | null;
	/** Open Civic Data division id */
	readonly division?: string | null;
	readonly phone?: string | null;
	readonly email?: string | null;
	readonly languages?: readonly string[];
	/** YYYY-MM-DD */
	readonly term_end?: string | null;
	/** the branch it is of; null for the library */
	readonly branch?: string | null;
};

export type ContactChange = {
	readonly role?: string;
	readonly name?: string | null;
	/** such as City Council */
	readonly body?: string | null;
	/** Open Civic Data division id */
	readonly division?: string | null;
	readonly phone?: string | null;
	readonly email?: string | null;
	readonly languages?: readonly string[];
	/** YYYY-MM-DD */
	readonly term_end?: string | null;
	/** the branch it is of; null for the library */
	readonly branch?: string | null;
	readonly checked?: true;
	readonly broken?: boolean;
};

export type Contact = {
	readonly id: string;
	readonly role: string;
	readonly name: string | null;
	/** such as City Council */
	readonly body: string | null;
	/** Open Civic Data division id */
	readonly division: string | null;
	readonly phone: string | null;
	readonly email: string | null;
	readonly languages: readonly string[];
	/** YYYY-MM-DD */
	readonly term_end: string | null;
	/** the branch it is of; null for the library */
	readonly branch: string | null;
	readonly source: string;
	/** YYYY-MM-DD */
	readonly checked_on: string | null;
	readonly checked_by: string | null;
	/** YYYY-MM-DD */
	readonly broken_on: string | null;
	readonly sample: boolean;
	/** old: checked more than 90 days ago */
	readonly state: 'checked' | 'unchecked' | 'old' | 'term_over' | 'broken';
};

export type Contacts = {
	readonly items: readonly Contact[];
};

export type ContactFile = {
	/** a Popolo document, or an array of Legistar OfficeRecords */
	readonly file: unknown;
};

export type ReviewedContactFile = {
	readonly file: unknown;
	readonly digest: string;
};

export type Body = {
	/** as contacts name it */
	readonly name: string;
	readonly members: number;
	/** missing is a majority */
	readonly quorum?: number;
};

export type Bodies = {
	readonly items: readonly Body[];
};

export type ToldContact = {
	readonly source_id: string;
	readonly role: string;
	readonly name: string;
	readonly body: string | null;
	readonly division: string | null;
	readonly phone: string | null;
	readonly email: string | null;
	/** YYYY-MM-DD */
	readonly term_end: string | null;
};

export type ContactPlan = {
	readonly kind: 'popolo' | 'legistar';
	readonly added: readonly ToldContact[];
	readonly changed: readonly {
		readonly was: Contact;
		readonly will: ToldContact;
	}[];
	readonly ended: readonly Contact[];
	readonly unchanged: number;
	readonly faults: readonly {
		readonly field: string;
		readonly text: string;
	}[];
	readonly digest: string;
};

export type RecordsProfile = {
	readonly id: string;
	/** by language */
	readonly state: {
		readonly [name: string]: string;
	};
	/** which records the law speaks of; null: ask counsel */
	readonly records: {
		/** by language */
		readonly value: {
			readonly [name: string]: string;
		};
		readonly source: string;
	} | null;
	/** the fewest years of a class, where a schedule says so */
	readonly least: {
		readonly removed?: {
			readonly value: number;
			readonly source: string;
		};
		readonly words?: {
			readonly value: number;
			readonly source: string;
		};
		readonly reports?: {
			readonly value: number;
			readonly source: string;
		};
		readonly accesses?: {
			readonly value: number;
			readonly source: string;
		};
	};
	/** must what stands nowhere else be kept? null: ask counsel */
	readonly unique: {
		/** by language */
		readonly value: {
			readonly [name: string]: string;
		};
		readonly source: string;
	} | null;
	/** days between telling the person and giving a record out; null: ask counsel */
	readonly notice: {
		readonly value: number;
		readonly source: string;
	} | null;
	/** the statute by which it is confidential who uses a library; null: ask counsel */
	readonly patrons: {
		/** by language */
		readonly value: {
			readonly [name: string]: string;
		};
		readonly source: string;
	} | null;
};

export type RecordsProfiles = {
	readonly items: readonly RecordsProfile[];
};

export type AdoptedRecords = {
	/** id of the profile it begins with */
	readonly profile: string;
	readonly adopted_by: string;
	/** YYYY-MM-DD */
	readonly adopted_on: string;
	/** between which a branch may choose */
	readonly years: {
		readonly removed: {
			readonly least: number;
			readonly most: number;
		};
		readonly words: {
			readonly least: number;
			readonly most: number;
		};
		readonly reports: {
			readonly least: number;
			readonly most: number;
		};
		readonly accesses: {
			readonly least: number;
			readonly most: number;
		};
	};
	/** days between telling the person and giving out a record of theirs; 0: none; null or missing: counsel has not said */
	readonly notice_days?: number | null;
};

export type NewTeam = {
	readonly name: string;
	/** slugs of the branches it serves at this library; null for all of them */
	readonly branches?: readonly string[] | null;
};

export type TeamOffer = {
	/** slug of the library that is asked */
	readonly library: string;
};

export type TeamAgreement = {
	/** slugs of the branches it serves at this library; null for all of them */
	readonly branches?: readonly string[] | null;
};

export type NewTeamMember = {
	/** as they want to be called at work */
	readonly name: string;
};

export type Team = {
	readonly id: string;
	readonly name: string;
	readonly state: 'offered' | 'agreed';
	/** made the team */
	readonly founder: boolean;
	/** slugs of the branches it serves at this library; null for all of them */
	readonly branches: readonly string[] | null;
	readonly libraries: readonly {
		readonly slug: string;
		readonly name: string;
		readonly state: 'offered' | 'agreed';
		/** made the team */
		readonly founder: boolean;
	}[];
	readonly members: readonly {
		readonly id: string;
		readonly name: string;
		/** the library they come from */
		readonly from: string;
		/** they come from this library */
		readonly own: boolean;
		/** they accepted the invitation of this library */
		readonly serves: boolean;
	}[];
};

export type Teams = {
	readonly items: readonly Team[];
};

export type TeamWaitingCount = {
	/** slug */
	readonly branch: string;
	readonly name: string;
	readonly total: number;
	readonly emergencies: number;
	/** of the first two hundred */
	readonly late: number;
	/** nobody has them yet; of the first two hundred */
	readonly free: number;
	/** when the branch’s home was heard last */
	readonly as_of: number | null;
	/** not heard for five minutes: there may be more */
	readonly silent: boolean;
};

export type TeamWaitingCounts = {
	readonly items: readonly TeamWaitingCount[];
};

export type ExternalServerAddress = {
	/** such as social.library.example */
	readonly address: string;
};

export type NewExternalServer = {
	readonly address: string;
	readonly sha256: string;
	/** what the library calls it */
	readonly name: string;
};

export type ExternalDocument = {
	readonly type: 'understory/external-server/v1';
	readonly host: string;
	readonly software: string | null;
	readonly title: string;
	readonly description: string;
	readonly languages: readonly string[];
	readonly rules: readonly {
		readonly id: string;
		readonly text: string;
		readonly hint: string | null;
	}[];
	readonly about: string | null;
	readonly contact: {
		readonly email: string | null;
		readonly account: string | null;
	};
	readonly security: {
		readonly contacts: readonly string[];
		readonly policy: string | null;
	} | null;
};

export type ExternalServerPreview = {
	readonly host: string;
	readonly origin: string;
	/** of the canonical JSON of the document */
	readonly sha256: string;
	readonly document: ExternalDocument;
};

export type ExternalServer = {
	readonly id: string;
	readonly host: string;
	readonly origin: string;
	readonly name: string;
	/** UTC milliseconds since 1970 */
	readonly added_at: number;
	readonly added_by: string;
	/** UTC milliseconds since 1970 */
	readonly read_at: number;
	/** failing: not read at the last try; unread: for three days, which the public site says */
	readonly state: 'read' | 'failing' | 'unread';
	/** UTC milliseconds since 1970 */
	readonly failing_since: number | null;
	readonly fault: 'silent' | 'refused_address' | 'too_large' | 'not_mastodon' | 'closed' | 'moved' | 'another' | 'unreadable' | 'trouble' | null;
	readonly version: number;
	/** UTC milliseconds since 1970 */
	readonly changed_at: number;
	/** of the canonical JSON of the document */
	readonly sha256: string;
	readonly document: ExternalDocument;
};

export type ExternalServers = {
	readonly items: readonly ExternalServer[];
};

export type UpgradePlan = {
	readonly version: string;
	readonly waves: readonly (readonly string[])[];
	/** homes that have this version already */
	readonly current: readonly string[];
	/** homes whose cell does not answer: nothing is known of their version, and they wait for an upgrade that is begun when it does */
	readonly unknown: readonly string[];
};

export type NewUpgrade = {
	/** how long a wave is watched before the next one begins, 10 unless said otherwise */
	readonly soak_minutes?: number;
	/** whole hours in the time of the library of each home; null: at any time */
	readonly hours?: {
		readonly from: number;
		readonly to: number;
	} | null;
	/** the id of the last upgrade, when it is done: its homes become what they were before */
	readonly undo?: string;
};

export type UpgradeChange = {
	readonly state: 'running' | 'paused' | 'aborted';
};

export type Upgrade = {
	readonly id: string;
	readonly version: string;
	/** the upgrade whose version homes are brought back from; null for one to a version */
	readonly undoes: string | null;
	readonly state: 'running' | 'paused' | 'stopped' | 'aborted' | 'done';
	/** from 1 */
	readonly wave: number;
	readonly message: string | null;
	/** UTC milliseconds since 1970 */
	readonly asked: number;
	readonly asked_by: string;
	readonly soak_minutes: number;
	/** whole hours in the time of the library of each home; null: at any time */
	readonly hours: {
		readonly from: number;
		readonly to: number;
	} | null;
};

export type Upgrades = {
	readonly items: readonly Upgrade[];
};

export type UpgradeWithHomes = {
	readonly id: string;
	readonly version: string;
	/** the upgrade whose version homes are brought back from; null for one to a version */
	readonly undoes: string | null;
	readonly state: 'running' | 'paused' | 'stopped' | 'aborted' | 'done';
	/** from 1 */
	readonly wave: number;
	readonly message: string | null;
	/** UTC milliseconds since 1970 */
	readonly asked: number;
	readonly asked_by: string;
	readonly soak_minutes: number;
	/** whole hours in the time of the library of each home; null: at any time */
	readonly hours: {
		readonly from: number;
		readonly to: number;
	} | null;
	readonly homes: readonly {
		readonly name: string;
		readonly wave: number;
		readonly state: 'waiting' | 'backing_up' | 'upgrading' | 'done' | 'rolled_back' | 'failed';
		readonly message: string | null;
		/** UTC milliseconds since 1970 */
		readonly at: number;
	}[];
};

export type Quotas = {
	readonly branches: {
		readonly used: number;
		/** null: no limit */
		readonly most: number | null;
	};
	/** branches in homes of their own */
	readonly dedicated: {
		readonly used: number;
		/** null: no limit */
		readonly most: number | null;
	};
	/** folders and copies together */
	readonly storage_gb: {
		readonly used: number;
		/** null: no limit */
		readonly most: number | null;
	};
	/** whom to ask for more */
	readonly ask: string | null;
	/** UTC milliseconds since 1970 */
	readonly set_at: number | null;
	readonly set_by: string | null;
};

export type WantedQuotas = {
	/** null: no limit */
	readonly branches?: number | null;
	/** null: no limit */
	readonly dedicated?: number | null;
	/** null: no limit */
	readonly storage_gb?: number | null;
	/** whom to ask for more: it stands in the refusal */
	readonly ask: string;
};

export type Bill = {
	readonly library: string;
	readonly name: string;
	/** such as 2026-11 */
	readonly month: string;
	/** of the month */
	readonly days: number;
	/** days on which something was measured */
	readonly measured: number;
	/** false: this is what the month has come to so far */
	readonly is_over: boolean;
	readonly lines: readonly {
		readonly what: 'shared' | 'dedicated' | 'disk' | 'backups';
		readonly unit: 'branch-days' | 'GB-days';
		readonly amount: number;
		readonly price_month: number | null;
		/** rounded to hundredths; the lines add up to the total */
		readonly cost: number | null;
	}[];
	/** null: nobody said what hosting costs */
	readonly total: number | null;
	readonly currency: string | null;
	/** whose prices */
	readonly prices: string | null;
};

export type Bills = {
	readonly items: readonly Bill[];
};

export type Prices = {
	/** whose prices these are */
	readonly name: string;
	/** three capital letters, such as USD */
	readonly currency: string;
	/** of a branch in a shared home */
	readonly shared_branch_month: number;
	/** of a branch in a home of its own */
	readonly dedicated_branch_month: number;
	/** of a GB (1,024³ bytes) of folders */
	readonly disk_gb_month: number;
	/** of a GB of copies */
	readonly backup_gb_month: number;
	/** such as 2026-11 */
	readonly since: string;
};

export type WantedPrices = {
	/** whose prices these are */
	readonly name: string;
	/** three capital letters, such as USD */
	readonly currency: string;
	/** of a branch in a shared home */
	readonly shared_branch_month: number;
	/** of a branch in a home of its own */
	readonly dedicated_branch_month: number;
	/** of a GB (1,024³ bytes) of folders */
	readonly disk_gb_month: number;
	/** of a GB of copies */
	readonly backup_gb_month: number;
	/** this month unless said otherwise */
	readonly since?: string;
};

export type Cell = {
	readonly name: string;
	/** the name of its file; null: where the settings of the platform lead */
	readonly kubeconfig: string | null;
	/** kinds of homes; none: it is being emptied, and nobody comes */
	readonly takes: 'any' | 'shared' | 'dedicated' | 'none';
	/** slugs of libraries that live here and nowhere else; none: every library that no cell names */
	readonly libraries: readonly string[];
	/** null: no limit */
	readonly most_homes: number | null;
	/** null: no limit */
	readonly most_branches: number | null;
	/** homes started in a minute; null: as many as come */
	readonly starts_per_minute: number | null;
	/** homes on their way at once; null: as many as come */
	readonly starts_at_once: number | null;
	readonly homes: number;
	readonly branches: number;
};

export type Cells = {
	readonly items: readonly Cell[];
};

export type NewCell = {
	/** also the name of its kubeconfig */
	readonly name: string;
	/** kinds of homes; none: it is being emptied, and nobody comes */
	readonly takes?: 'any' | 'shared' | 'dedicated' | 'none';
	/** slugs of libraries that live here and nowhere else; none: every library that no cell names */
	readonly libraries?: readonly string[];
	/** null: no limit */
	readonly most_homes?: number | null;
	/** null: no limit */
	readonly most_branches?: number | null;
	/** homes started in a minute; null: as many as come */
	readonly starts_per_minute?: number | null;
	/** homes on their way at once; null: as many as come */
	readonly starts_at_once?: number | null;
};

export type CellChange = {
	/** kinds of homes; none: it is being emptied, and nobody comes */
	readonly takes?: 'any' | 'shared' | 'dedicated' | 'none';
	/** slugs of libraries that live here and nowhere else; none: every library that no cell names */
	readonly libraries?: readonly string[];
	/** null: no limit */
	readonly most_homes?: number | null;
	/** null: no limit */
	readonly most_branches?: number | null;
	/** homes started in a minute; null: as many as come */
	readonly starts_per_minute?: number | null;
	/** homes on their way at once; null: as many as come */
	readonly starts_at_once?: number | null;
};

export type Home = {
	readonly name: string;
	readonly kind: 'shared' | 'dedicated';
	readonly cell: string;
	readonly branches: number;
	/** null: its keys lie on its volume and nowhere else */
	readonly keys: KeptKeys | null;
};

export type Homes = {
	readonly items: readonly Home[];
};

export type KeptKeys = {
	/** when they came first, in UTC milliseconds since 1970 */
	readonly deposited: number;
	/** when the home last said that these are its keys, in UTC milliseconds since 1970 */
	readonly confirmed: number;
	/** the id of the recovery key that opens them */
	readonly recovery_key: string;
};

export type HomeKeys = {
	readonly home: string;
	/** the newest first, and the one before */
	readonly deposits: readonly {
		/** when they came first, in UTC milliseconds since 1970 */
		readonly deposited: number;
		/** when the home last said that these are its keys, in UTC milliseconds since 1970 */
		readonly confirmed: number;
		/** the id of the recovery key that opens them */
		readonly recovery_key: string;
		/** the id of the role key of the home that brought them */
		readonly role_key: string;
		/** opened by the private half of the recovery key */
		readonly sealed: string;
	}[];
};

export type NewClient = {
	readonly id: string;
	readonly name: string;
	readonly origin: string;
	/** stays when the host name changes, so that people keep their names */
	readonly sector?: string;
	readonly redirect_uris: readonly string[];
	readonly post_logout_redirect_uris?: readonly string[];
	readonly backchannel_logout_uri?: string | null;
	readonly auth_method?: 'client_secret_basic' | 'client_secret_post';
	readonly pkce?: 'required' | 'optional';
	readonly offline?: boolean;
	readonly id_token_alg?: 'RS256' | 'ES256';
	readonly rules_url?: string | null;
	readonly adults_only?: boolean;
};

export type Client = {
	readonly id: string;
	readonly name: string;
	readonly origin: string;
	/** stays when the host name changes, so that people keep their names */
	readonly sector: string;
	readonly redirect_uris: readonly string[];
	readonly post_logout_redirect_uris: readonly string[];
	readonly backchannel_logout_uri: string | null;
	readonly auth_method: 'client_secret_basic' | 'client_secret_post';
	readonly pkce: 'required' | 'optional';
	readonly offline: boolean;
	readonly id_token_alg: 'RS256' | 'ES256';
	readonly rules_url: string | null;
	readonly adults_only: boolean;
	readonly secrets: number;
};

export type CreatedClient = {
	readonly id: string;
	readonly name: string;
	readonly origin: string;
	/** stays when the host name changes, so that people keep their names */
	readonly sector: string;
	readonly redirect_uris: readonly string[];
	readonly post_logout_redirect_uris: readonly string[];
	readonly backchannel_logout_uri: string | null;
	readonly auth_method: 'client_secret_basic' | 'client_secret_post';
	readonly pkce: 'required' | 'optional';
	readonly offline: boolean;
	readonly id_token_alg: 'RS256' | 'ES256';
	readonly rules_url: string | null;
	readonly adults_only: boolean;
	readonly secrets: number;
	readonly secret: string;
};

export type Clients = {
	readonly items: readonly Client[];
};

export type ClientSecret = {
	readonly secret: string;
};

export type SigningKeys = {
	readonly items: readonly {
		/** its name in the published keys and in what it signed */
		readonly kid: string;
		readonly alg: 'RS256' | 'ES256';
		/** published and not signing yet, signing, published because what it signed may be of use, taken back */
		readonly state: 'waiting' | 'signing' | 'kept' | 'withdrawn';
		/** UTC milliseconds since 1970 */
		readonly made: number;
		/** UTC milliseconds since 1970 */
		readonly signs_from: number;
		/** until when it is published; null while no other comes after it */
		readonly ends: number | null;
		/** UTC milliseconds since 1970 */
		readonly withdrawn: number | null;
	}[];
};

export type NewSigningKeysOperation = {
	readonly kind: 'turn' | 'withdraw';
	readonly keys?: readonly string[];
};

export type NewLibraryOperation = {
	readonly kind: 'provision' | 'privacy_report';
};

export type NewBranchOperation = {
	readonly kind: 'open' | 'suspend' | 'resume' | 'back_up' | 'restore' | 'move' | 'cancel_move' | 'host' | 'wait' | 'close' | 'rename' | 'retire' | 'delete';
	readonly door?: {
		readonly host?: string;
		readonly place?: string;
		readonly hours?: readonly Hours[];
		readonly deputy?: string;
		readonly phone?: string | null;
		/** the last day for which the rota is settled; missing or null: no end is known */
		readonly until?: string | null;
	};
	readonly policies?: readonly string[];
	readonly appeal_partner?: string;
	/** why nobody comes in, for whoever wants to, by language */
	readonly why?: {
		readonly [name: string]: string;
	};
	/** of a suspension, at most 14 days away; to wait for a host: until when, at most 180 */
	readonly until?: number;
	/** to be restored */
	readonly backup?: string;
	/** to move: the kind of home it moves to */
	readonly home?: 'shared' | 'dedicated';
	/** to move: which shared home; any that has room when nothing is said */
	readonly place?: string;
	/** to move: to which cell; any that is for it when nothing is said */
	readonly cell?: string;
	/** to rename: the new name in addresses; `door` says who hosts it there, when that changes */
	readonly slug?: string;
	/** to rename: the name for people, when that changes */
	readonly name?: string;
	/** to close: the slug of an open branch of the library at which it goes on */
	readonly successor?: string;
	/** to retire or delete: the slug of the branch, once more */
	readonly confirm?: string;
	/** to retire: how long its folder is kept, 90 unless said otherwise */
	readonly days?: number;
};

export type Backups = {
	readonly items: readonly {
		readonly id: string;
		readonly state: 'underway' | 'done' | 'failed';
		readonly home: string;
		/** UTC milliseconds since 1970 */
		readonly asked: number;
		readonly asked_by: string;
		/** made by a schedule, which removes it by age */
		readonly scheduled: boolean;
		/** the moment whose state it holds */
		readonly made: number | null;
		/** when it was laid out in a scratch folder and opened */
		readonly verified: number | null;
		readonly bytes: number | null;
		/** whether it lies on another file system than the branch, or in an object storage; null: it was not told */
		readonly apart: boolean | null;
		readonly problem: string | null;
		/** null: it lies in its home alone */
		readonly away: {
			readonly state: 'there' | 'not_yet';
			/** the object storage, without keys */
			readonly where: string;
			/** since when it is there, or wanted there */
			readonly since: number;
			/** what the last try met */
			readonly code: string | null;
			readonly problem: string | null;
		} | null;
	}[];
};

export type Receipt = {
	readonly type: 'understory/deletion-receipt/v1';
	readonly platform: {
		readonly id: string;
		/** base64 of the 32 bytes of an Ed25519 key */
		readonly publicKey: string;
	};
	readonly library: {
		readonly id: string;
		readonly slug: string;
		readonly name: string;
	};
	readonly branch: {
		readonly id: string;
		readonly slug: string;
		readonly name: string;
		readonly origin: string;
		readonly epoch: number;
	};
	readonly retired: {
		/** UTC milliseconds since 1970 */
		readonly at: number;
		readonly by: string | null;
	};
	/** until when its folder had to be kept */
	readonly held_until: number;
	readonly deletion: {
		/** UTC milliseconds since 1970 */
		readonly asked: number | null;
		readonly by: string | null;
	};
	/** the home it lived in; null where nothing ever ran for it */
	readonly home: string | null;
	/** when that home said that the folder and the copies there are destroyed */
	readonly destroyed: number;
	/** the newest whole copy there was */
	readonly last_copy: {
		readonly backup: string;
		/** the moment whose state it held */
		readonly made: number;
		readonly files: number;
		readonly bytes: number;
		/** hex, of its manifest.json */
		readonly manifest_sha256: string | null;
	} | null;
	readonly copies_destroyed: number;
	readonly copies_in_other_homes: readonly {
		readonly backup: string;
		readonly home: string;
	}[];
	readonly not_ours_to_destroy: readonly ('copies_put_elsewhere' | 'volume' | 'what_other_servers_have' | 'public_log')[];
	readonly key_id: string;
	/** base64url of an Ed25519 signature */
	readonly sig: string;
};

export type Hours = {
	/** 0 is Sunday */
	readonly weekday: number;
	/** minutes after midnight in the library’s zone */
	readonly from: number;
	readonly to: number;
};

export type Door = {
	readonly host: string;
	readonly place: string;
	readonly hours: readonly Hours[];
	readonly deputy: string;
	readonly phone: string | null;
	/** the last day for which the rota is settled; missing or null: no end is known */
	readonly until?: string | null;
};

export type HostingDays = {
	/** days without a host before a branch becomes quiet */
	readonly quiet: number;
	/** days of quiet before it is announced that it closes */
	readonly closing: number;
	/** days of closing before a person may close it for good */
	readonly over: number;
};

export type Unhosted = {
	/** since when it is known that nobody hosts it */
	readonly since: number;
	/** not before this nobody new comes in and nothing new leaves */
	readonly quiet: number;
	/** not before this it is announced that it closes */
	readonly closing: number;
	/** not before this it may be closed for good, by a person */
	readonly over: number;
};

export type Operation = {
	readonly id: string;
	readonly kind: string;
	readonly library: string | null;
	readonly branch: string | null;
	readonly state: 'queued' | 'running' | 'done' | 'failed';
	readonly progress: {
		readonly done: number;
		readonly total: number | null;
	};
	readonly result: unknown;
	readonly problem: {
		readonly title: string;
		readonly code: string;
	} | null;
	/** UTC milliseconds since 1970 */
	readonly created: number;
	readonly finished: number | null;
};

export type ImportRows = {
	readonly items: readonly {
		/** of the file, its header being 1; null for a branch that the file has no more */
		readonly line: number | null;
		readonly key: string | null;
		readonly outcome: 'created' | 'unchanged' | 'updated' | 'skipped' | 'refused' | 'proposed_closing';
		readonly reason: string | null;
		readonly name: string | null;
		/** where the branch is or will be, which is for ever */
		readonly url: string | null;
		/** names of the fields that change */
		readonly changed: readonly string[];
	}[];
};

export type Neighborhood = {
	readonly id: string;
	readonly name: string;
	/** where the signed roster is published */
	readonly url: string;
	readonly charter: {
		readonly title: string;
		readonly text: string;
	};
	/** who decides about its members; null for the steward */
	readonly changes: {
		readonly by: 'members';
		/** so many of those who give their voice have to say yes; a half at least */
		readonly share: readonly number[];
		/** so many of the members have to give their voice */
		readonly quorum: readonly number[];
		/** for so long they can */
		readonly days: number;
	} | null;
	readonly version: number | null;
	readonly members: readonly {
		readonly domain: string;
		readonly name: string;
		readonly library: string;
		/** UTC milliseconds since 1970 */
		readonly since: number;
	}[];
	readonly suspensions: readonly {
		readonly domain: string;
		readonly reason: string;
		/** UTC milliseconds since 1970 */
		readonly from: number;
		/** UTC milliseconds since 1970 */
		readonly until: number;
	}[];
};

export type Neighborhoods = {
	readonly items: readonly Neighborhood[];
};

export type NeighborhoodChange = {
	readonly changes: {
		readonly by: 'members';
		/** so many of those who give their voice have to say yes; a half at least */
		readonly share: readonly number[];
		/** so many of the members have to give their voice */
		readonly quorum: readonly number[];
		/** for so long they can */
		readonly days: number;
	} | null;
};

export type NewRosterProposal = {
	readonly kind: 'admit' | 'expel' | 'follow_list';
	/** host of the branch, with its port where it has one; for a list its address */
	readonly domain: string;
	/** what a list is called; a branch has its own name */
	readonly name?: string;
	readonly reason: string;
	readonly evidence?: string;
};

export type RosterProposal = {
	readonly id: string;
	readonly kind: 'admit' | 'expel' | 'follow_list';
	/** host of the branch, with its port where it has one; for a list its address */
	readonly domain: string;
	readonly name: string;
	readonly reason: string;
	readonly evidence: string;
	/** UTC milliseconds since 1970 */
	readonly opened: number;
	/** UTC milliseconds since 1970 */
	readonly until: number;
	readonly created_by: string;
	/** UTC milliseconds since 1970 */
	readonly decided: number | null;
	/** null while it is open */
	readonly carried: boolean | null;
	readonly voices: readonly {
		readonly domain: string;
		readonly voice: 'yes' | 'no';
		readonly reason: string;
		/** how many people of the branch a list touches, where it says so; few for under five */
		readonly people: number | 'few' | null;
		/** UTC milliseconds since 1970 */
		readonly at: number;
	}[];
	/** members that have a voice and have not given it, while it is open */
	readonly unanswered: readonly {
		readonly domain: string;
		readonly name: string;
	}[];
	/** what the branch it is about says */
	readonly reply: string | null;
};

export type RosterProposals = {
	readonly items: readonly RosterProposal[];
};

export type NewMemberSuspension = {
	/** host of the branch, with its port where it has one */
	readonly domain: string;
	readonly reason: string;
	/** UTC milliseconds since 1970 */
	readonly until: number;
};

export type NewInvitation = {
	readonly role: string;
	readonly name: string;
	/** the last day of the role; missing or null is until it is taken back */
	readonly until?: string | null;
};

export type NewLibraryInvitation = {
	readonly role: 'panel' | 'moderation_team' | 'library_it' | 'auditor';
	/** as they want to be called at work; may be left out for the panel */
	readonly name?: string;
	/** the last day of the role; missing or null is until it is taken back */
	readonly until?: string | null;
};

export type Invitation = {
	readonly id: string;
	/** shown once; opens with the library’s card sign-in */
	readonly url: string;
	/** UTC milliseconds since 1970 */
	readonly expires: number;
};

export type Invitations = {
	readonly items: readonly {
		readonly id: string;
		readonly role: string;
		readonly name: string;
		/** its slug; null for the whole library */
		readonly branch: string | null;
		/** UTC milliseconds since 1970 */
		readonly expires: number;
		/** UTC milliseconds since 1970 */
		readonly role_until: number | null;
		readonly invited_by: string;
	}[];
};

export type Staff = {
	readonly items: readonly {
		readonly id: string;
		readonly role: string;
		readonly name: string;
		/** its slug; null for the whole library */
		readonly branch: string | null;
		/** UTC milliseconds since 1970 */
		readonly from: number;
		/** UTC milliseconds since 1970 */
		readonly until: number | null;
		readonly invited_by: string;
		/** the shared team that gives the role; null for every other */
		readonly team: string | null;
	}[];
};

export type AuditLine = {
	/** UTC milliseconds since 1970 */
	readonly at: number;
	readonly by: string;
	/** a word of the audit, the id of a route, or the kind of an operation */
	readonly what: string;
	/** of an operation, how it stands */
	readonly state: string | null;
	readonly problem: string | null;
	/** the id of an operation */
	readonly operation: string | null;
	readonly subject: string | null;
	/** its slug */
	readonly branch: string | null;
	/** its slug */
	readonly library: string | null;
};

export type Audit = {
	readonly items: readonly AuditLine[];
};

export type NewToken = {
	readonly name: string;
	readonly role: 'platform_admin' | 'library_it' | 'branch_lead' | 'auditor' | 'reader';
	readonly library?: string | null;
	/** slugs; null for all branches within reach */
	readonly branches?: readonly string[] | null;
	/** UTC milliseconds, 366 days from now at the most; 90 days from now when not said */
	readonly expires?: number | null;
};

export type Token = {
	readonly id: string;
	readonly name: string;
	readonly role: 'platform_admin' | 'library_it' | 'branch_lead' | 'auditor' | 'reader';
	readonly library: string | null;
	/** slugs; null for all branches within reach */
	readonly branches: readonly string[] | null;
	readonly kind: 'token' | 'bootstrap' | 'session';
	/** UTC milliseconds since 1970 */
	readonly expires: number | null;
	/** within the next 14 days */
	readonly ends_soon: boolean;
	/** UTC milliseconds since 1970 */
	readonly created: number;
	readonly made_by: string | null;
	/** the day it was last used, in UTC */
	readonly used_on: string | null;
	readonly token?: string;
};

export type Tokens = {
	readonly items: readonly Token[];
};

export type NewStaffProvider = {
	readonly name: string;
	readonly issuer: string;
	readonly client_id: string;
	readonly groups_claim?: string;
	/** asked for besides openid and email */
	readonly scopes?: readonly string[];
	/** sealed as it arrives; missing leaves the one that stands there */
	readonly client_secret?: string;
};

export type StaffProvider = {
	readonly name: string;
	readonly issuer: string;
	readonly client_id: string;
	readonly groups_claim: string;
	/** asked for besides openid and email */
	readonly scopes: readonly string[];
	/** where the provider may send people back to */
	readonly redirect_uri: string;
	/** UTC milliseconds since 1970 */
	readonly changed_at: number;
	readonly changed_by: string;
};

export type NewConsoleGrant = {
	readonly name: string;
	/** what of the provider’s word has to be the value */
	readonly match: 'email' | 'group' | 'subject';
	readonly value: string;
	readonly role: 'platform_admin' | 'library_it' | 'branch_lead' | 'auditor' | 'reader';
	readonly library?: string | null;
	/** slugs; null for all branches within reach */
	readonly branches?: readonly string[] | null;
	/** UTC milliseconds since 1970 */
	readonly until?: number | null;
};

export type ConsoleGrant = {
	readonly id: string;
	readonly name: string;
	/** what of the provider’s word has to be the value */
	readonly match: 'email' | 'group' | 'subject';
	readonly value: string;
	readonly role: 'platform_admin' | 'library_it' | 'branch_lead' | 'auditor' | 'reader';
	readonly library: string | null;
	/** slugs; null for all branches within reach */
	readonly branches: readonly string[] | null;
	/** UTC milliseconds since 1970 */
	readonly until: number | null;
	readonly provider: 'platform' | 'library';
	/** UTC milliseconds since 1970 */
	readonly made_at: number;
	readonly made_by: string;
};

export type ConsoleGrants = {
	readonly items: readonly ConsoleGrant[];
};

export type NewCommandLogin = {
	/** what the computer is called, for whoever lets it in */
	readonly computer: string;
};

export type CommandLogin = {
	readonly secret: string;
	/** what a person types at the console */
	readonly code: string;
	readonly url: string;
	/** UTC milliseconds since 1970 */
	readonly expires: number;
	readonly pause_seconds: number;
};

export type CommandLoginSecret = {
	readonly secret: string;
};

export type CommandLoginState = {
	readonly state: 'waiting' | 'refused' | 'done';
	/** there once, when it is done */
	readonly token: string | null;
	/** UTC milliseconds since 1970 */
	readonly expires: number | null;
};

/** What each operation takes and answers, by its operationId. */
export interface Operations {
	/** The libraries of the platform. */
	listLibraries: {
		params: Record<never, never>;
		query: { after?: string; limit?: string };
		body: undefined;
		answer: Libraries;
	};
	/** Make a library. */
	createLibrary: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: NewLibrary;
		answer: Library;
	};
	/** Take in a file of libraries and branches, or say what that would do: a file of the Public Libraries Survey, or a list of our own form. */
	importLibraries: {
		params: Record<never, never>;
		query: { library?: string; dry_run?: string; digest?: string };
		body: AsyncIterable<Uint8Array>;
		answer: Operation;
	};
	/** One library. */
	getLibrary: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: Library;
	};
	/** Change a library. */
	changeLibrary: {
		params: { library: string };
		query: Record<never, never>;
		body: LibraryChange;
		answer: Library;
	};
	/** Provision all listed branches of a library, or ask what is kept about its patrons. */
	startLibraryOperation: {
		params: { library: string };
		query: Record<never, never>;
		body: NewLibraryOperation;
		answer: Operation;
	};
	/** Take in a file of one library’s own branches within its quotas, or say what that would do: rows of other libraries are refused. */
	importBranches: {
		params: { library: string };
		query: { dry_run?: string; digest?: string };
		body: AsyncIterable<Uint8Array>;
		answer: Operation;
	};
	/** How a library checks its cards, without the secrets, and the last self-test. */
	getSignIn: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: SignIn;
	};
	/** Say how a library checks its cards; version is one more than the one that was read. */
	changeSignIn: {
		params: { library: string };
		query: Record<never, never>;
		body: SignInSettings;
		answer: SignIn;
	};
	/** Try the settings against the catalogue. */
	startSignInOperation: {
		params: { library: string };
		query: Record<never, never>;
		body: NewSignInOperation;
		answer: Operation;
	};
	/** What went wrong with checking cards in the last thirty days, and whether somebody seems to guess PINs. */
	listSignInAlerts: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: SignInAlerts;
	};
	/** In which networks that are not public a library’s catalogue may be asked. */
	listCatalogueNetworks: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: CatalogueNetworks;
	};
	/** Allow a library’s catalogue a network at one port; for a token of the whole platform. */
	allowCatalogueNetwork: {
		params: { library: string };
		query: Record<never, never>;
		body: NewCatalogueNetwork;
		answer: CatalogueNetwork;
	};
	/** End it; the catalogue is asked there no more. */
	endCatalogueNetwork: {
		params: { library: string; network: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** The keys that sign what branches are told of a library’s patrons, with their dates and states. */
	listSigningKeys: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: SigningKeys;
	};
	/** Turn the keys, or withdraw those that leaked: everybody is signed out then. */
	startSigningKeysOperation: {
		params: { library: string };
		query: Record<never, never>;
		body: NewSigningKeysOperation;
		answer: Operation;
	};
	/** Every version of every policy of a library and of its branches. */
	listPolicies: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: Policies;
	};
	/** Adopt the next version of a policy; what leaves a decision to taste or judges an opinion is refused, and why. */
	adoptPolicy: {
		params: { library: string };
		query: Record<never, never>;
		body: NewPolicy;
		answer: CheckedPolicy;
	};
	/** Say what adopting a policy would say, and adopt nothing. */
	checkPolicy: {
		params: { library: string };
		query: Record<never, never>;
		body: NewPolicy;
		answer: CheckedPolicy;
	};
	/** Whom to turn to besides the library and its branches, and which of them somebody has to look at. */
	listContacts: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: Contacts;
	};
	/** Write down a contact that was checked today. */
	createContact: {
		params: { library: string };
		query: Record<never, never>;
		body: NewContact;
		answer: Contact;
	};
	/** Say what taking in a Popolo or Legistar file would do, and do nothing. */
	previewContacts: {
		params: { library: string };
		query: Record<never, never>;
		body: ContactFile;
		answer: ContactPlan;
	};
	/** Take in a file that was looked at; the digest is the one of the preview. */
	importContacts: {
		params: { library: string };
		query: Record<never, never>;
		body: ReviewedContactFile;
		answer: ContactPlan;
	};
	/** Say how many members the bodies of the contacts have, and how many of them are a quorum. */
	changeBodies: {
		params: { library: string };
		query: Record<never, never>;
		body: Bodies;
		answer: Bodies;
	};
	/** Change a contact, say that it was checked today, or that it does not work. */
	changeContact: {
		params: { library: string; contact: string };
		query: Record<never, never>;
		body: ContactChange;
		answer: Contact;
	};
	/** Take a contact away. */
	removeContact: {
		params: { library: string; contact: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** What is known of the law of records, state by state, each with its source. */
	listRecordsProfiles: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: RecordsProfiles;
	};
	/** Write down what the library’s counsel settled about records; every branch keeps to it. */
	adoptRecords: {
		params: { library: string };
		query: Record<never, never>;
		body: AdoptedRecords;
		answer: AdoptedRecords;
	};
	/** The shared moderation teams that a library is part of or was asked to be. */
	listTeams: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: Teams;
	};
	/** Make a moderation team that other libraries can share. */
	createTeam: {
		params: { library: string };
		query: Record<never, never>;
		body: NewTeam;
		answer: Team;
	};
	/** How much waits for the team at each branch of this library that it serves: numbers and nothing else. */
	countTeamWaiting: {
		params: { library: string; team: string };
		query: Record<never, never>;
		body: undefined;
		answer: TeamWaitingCounts;
	};
	/** Ask another library to share the team; nothing changes there until it agrees. */
	offerTeam: {
		params: { library: string; team: string };
		query: Record<never, never>;
		body: TeamOffer;
		answer: Team;
	};
	/** Agree for this library, or change which of its branches the team serves. */
	agreeToTeam: {
		params: { library: string; team: string };
		query: Record<never, never>;
		body: TeamAgreement;
		answer: Team;
	};
	/** End a library’s part in the team, or refuse the offer; its roles end at once. */
	endTeamPart: {
		params: { library: string; team: string; other: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** Put somebody of this library on the team; each library then invites them itself. */
	addTeamMember: {
		params: { library: string; team: string };
		query: Record<never, never>;
		body: NewTeamMember;
		answer: Team;
	};
	/** Take somebody off the team; their roles end at every library. */
	takeOffTeam: {
		params: { library: string; team: string; member: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** Invite somebody of the team to sign in at this library, once, with a card of this library. */
	inviteTeamMember: {
		params: { library: string; team: string; member: string };
		query: Record<never, never>;
		body: undefined;
		answer: Invitation;
	};
	/** The servers on other software that the library runs besides its branches, and whether they can be read. */
	listExternalServers: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: ExternalServers;
	};
	/** List a server that was looked at; the digest is the one of the preview. */
	addExternalServer: {
		params: { library: string };
		query: Record<never, never>;
		body: NewExternalServer;
		answer: ExternalServer;
	};
	/** Ask a server what it says of itself, and keep nothing. */
	previewExternalServer: {
		params: { library: string };
		query: Record<never, never>;
		body: ExternalServerAddress;
		answer: ExternalServerPreview;
	};
	/** Ask a server now, and not only once a day. */
	checkExternalServer: {
		params: { library: string; server: string };
		query: Record<never, never>;
		body: undefined;
		answer: ExternalServer;
	};
	/** List a server no more. */
	removeExternalServer: {
		params: { library: string; server: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** Which homes an upgrade would bring to the present version, wave by wave. */
	planUpgrade: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: UpgradePlan;
	};
	/** Bring all homes to the present version, in waves, or back from it. */
	beginUpgrade: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: NewUpgrade;
		answer: Operation;
	};
	/** The upgrades there were. */
	listUpgrades: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: Upgrades;
	};
	/** How far an upgrade is, home by home. */
	getUpgrade: {
		params: { upgrade: string };
		query: Record<never, never>;
		body: undefined;
		answer: UpgradeWithHomes;
	};
	/** Pause an upgrade, let it go on, or abort it. */
	steerUpgrade: {
		params: { upgrade: string };
		query: Record<never, never>;
		body: UpgradeChange;
		answer: Upgrade;
	};
	/** The cells of the platform, in the order they are filled. */
	listCells: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: Cells;
	};
	/** Add a cell. */
	addCell: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: NewCell;
		answer: Cell;
	};
	/** Change what a cell takes. */
	changeCell: {
		params: { cell: string };
		query: Record<never, never>;
		body: CellChange;
		answer: Cell;
	};
	/** Take a cell away in which nobody lives; its empty homes are stopped. */
	removeCell: {
		params: { cell: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** The homes of the platform, and whether the keys of each are kept. */
	listHomes: {
		params: Record<never, never>;
		query: { after?: string; limit?: string };
		body: undefined;
		answer: Homes;
	};
	/** Fetch the sealed keys of a home; only the recovery key opens them. */
	fetchHomeKeys: {
		params: { home: string };
		query: Record<never, never>;
		body: undefined;
		answer: HomeKeys;
	};
	/** How much a library may have, beside what it has. */
	getQuotas: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: Quotas;
	};
	/** Say how much a library may have; what it has stays. */
	setQuotas: {
		params: { library: string };
		query: Record<never, never>;
		body: WantedQuotas;
		answer: Quotas;
	};
	/** What a library had in a month, day by day measured, and what that costs. */
	getBill: {
		params: { library: string };
		query: { month?: string };
		body: undefined;
		answer: Bill;
	};
	/** The bills of all libraries for a month. */
	listBills: {
		params: Record<never, never>;
		query: { after?: string; limit?: string; month?: string };
		body: undefined;
		answer: Bills;
	};
	/** What hosting costs here. */
	getPrices: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: Prices;
	};
	/** Say what hosting costs from this month on, or from one to come. */
	setPrices: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: WantedPrices;
		answer: Prices;
	};
	/** Servers that are no branches and sign people in through the library. */
	listClients: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: Clients;
	};
	/** Let a server sign people in; its secret is shown once. */
	createClient: {
		params: { library: string };
		query: Record<never, never>;
		body: NewClient;
		answer: CreatedClient;
	};
	/** Give a server a new secret beside the one it has; it is shown once. */
	renewClientSecret: {
		params: { library: string; client: string };
		query: Record<never, never>;
		body: undefined;
		answer: ClientSecret;
	};
	/** End a server; its id is never given out again. */
	removeClient: {
		params: { library: string; client: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** Who has a role now, for the whole library or at a branch. */
	listStaff: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: Staff;
	};
	/** Take a role back; it ends at once. */
	takeBackRole: {
		params: { library: string; grant: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** Invitations that nobody accepted yet, without their addresses. */
	listInvitations: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: Invitations;
	};
	/** Invite somebody to a role for the whole library, such as its panel. */
	inviteLibraryStaff: {
		params: { library: string };
		query: Record<never, never>;
		body: NewLibraryInvitation;
		answer: Invitation;
	};
	/** Take back an invitation that nobody accepted yet. */
	takeBackInvitation: {
		params: { library: string; invitation: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** The branches of a library. */
	listBranches: {
		params: { library: string };
		query: { after?: string; limit?: string };
		body: undefined;
		answer: Branches;
	};
	/** Make a branch; it is served as soon as its home has it. */
	createBranch: {
		params: { library: string };
		query: Record<never, never>;
		body: NewBranch;
		answer: Operation;
	};
	/** One branch with its conditions. */
	getBranch: {
		params: { library: string; branch: string };
		query: Record<never, never>;
		body: undefined;
		answer: Branch;
	};
	/** Change what is wanted of a branch. */
	changeBranch: {
		params: { library: string; branch: string };
		query: Record<never, never>;
		body: BranchChange;
		answer: Operation;
	};
	/** Open, suspend, resume, back up, restore, rename, close, retire or delete a branch. */
	startBranchOperation: {
		params: { library: string; branch: string };
		query: Record<never, never>;
		body: NewBranchOperation;
		answer: Operation;
	};
	/** The copies of a branch, newest first. */
	listBackups: {
		params: { library: string; branch: string };
		query: Record<never, never>;
		body: undefined;
		answer: Backups;
	};
	/** What the platform signed when the home of a branch had destroyed everything of it. */
	getReceipt: {
		params: { library: string; branch: string };
		query: Record<never, never>;
		body: undefined;
		answer: Receipt;
	};
	/** Invite somebody to a role at a branch. */
	inviteStaff: {
		params: { library: string; branch: string };
		query: Record<never, never>;
		body: NewInvitation;
		answer: Invitation;
	};
	/** How far an operation is. */
	getOperation: {
		params: { operation: string };
		query: Record<never, never>;
		body: undefined;
		answer: Operation;
	};
	/** What an import did with each row, or what a preview says that it would do. */
	getImportRows: {
		params: { operation: string };
		query: { after?: string; limit?: string; outcome?: string };
		body: undefined;
		answer: ImportRows;
	};
	/** Cancel an operation where that is possible, for whoever may begin one like it; else it says why not. */
	cancelOperation: {
		params: { operation: string };
		query: Record<never, never>;
		body: undefined;
		answer: Operation;
	};
	/** Go on with an import that was cancelled, as a new operation. */
	resumeOperation: {
		params: { operation: string };
		query: Record<never, never>;
		body: undefined;
		answer: Operation;
	};
	/** How the conditions of a library’s branches changed: the newest first, or from `after` on in order, waited for up to `wait` seconds. */
	listEvents: {
		params: { library: string };
		query: { after?: string; before?: string; limit?: string; wait?: string };
		body: undefined;
		answer: Events;
	};
	/** How the conditions of a branch changed: the newest first, or from `after` on in order, waited for up to `wait` seconds. */
	listBranchEvents: {
		params: { library: string; branch: string };
		query: { after?: string; before?: string; limit?: string; wait?: string };
		body: undefined;
		answer: Events;
	};
	/** Say what a request would do, and do nothing. */
	plan: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: NewPlan;
		answer: Plan;
	};
	/** The neighborhoods this platform stewards. */
	listNeighborhoods: {
		params: Record<never, never>;
		query: { after?: string; limit?: string };
		body: undefined;
		answer: Neighborhoods;
	};
	/** One neighborhood and who stands in it. */
	getNeighborhood: {
		params: { neighborhood: string };
		query: Record<never, never>;
		body: undefined;
		answer: Neighborhood;
	};
	/** Change who decides about the members of a neighborhood. */
	changeNeighborhood: {
		params: { neighborhood: string };
		query: Record<never, never>;
		body: NeighborhoodChange;
		answer: Neighborhood;
	};
	/** What was proposed to the members of a neighborhood, with their voices. */
	listRosterProposals: {
		params: { neighborhood: string };
		query: Record<never, never>;
		body: undefined;
		answer: RosterProposals;
	};
	/** Propose to the members to let a branch in, to put one out, or to follow a list of servers. */
	proposeToMembers: {
		params: { neighborhood: string };
		query: Record<never, never>;
		body: NewRosterProposal;
		answer: RosterProposal;
	};
	/** Suspend a member for seven days at most, because it cannot wait. */
	suspendMember: {
		params: { neighborhood: string };
		query: Record<never, never>;
		body: NewMemberSuspension;
		answer: Neighborhood;
	};
	/** Who did what on the platform, newest first; from and until are UTC milliseconds. */
	listAudit: {
		params: Record<never, never>;
		query: { limit?: string; after?: string; by?: string; what?: string; from?: string; until?: string };
		body: undefined;
		answer: Audit;
	};
	/** Who did what at a library and its branches, newest first; from and until are UTC milliseconds. */
	listLibraryAudit: {
		params: { library: string };
		query: { limit?: string; after?: string; by?: string; what?: string; from?: string; until?: string };
		body: undefined;
		answer: Audit;
	};
	/** Who may call the API. */
	listTokens: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: Tokens;
	};
	/** Make a token for no more than one may oneself; it is shown once. */
	createToken: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: NewToken;
		answer: Token;
	};
	/** The token that asks: what it may, and until when. */
	getOwnToken: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: Token;
	};
	/** Make a new token in place of one’s own, or of one that one keeps; the old one ends a day later. */
	rotateToken: {
		params: { token: string };
		query: Record<never, never>;
		body: undefined;
		answer: Token;
	};
	/** Take a token back; one’s own too. */
	revokeToken: {
		params: { token: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** By which OpenID provider staff of the platform signs in, without the secret. */
	getStaffSignIn: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: StaffProvider;
	};
	/** Say by which one; another issuer ends all grants of the one before. */
	changeStaffSignIn: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: NewStaffProvider;
		answer: StaffProvider;
	};
	/** End it, with its grants. */
	endStaffSignIn: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** By which OpenID provider a library’s own staff signs in, without the secret. */
	getLibraryStaffSignIn: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: StaffProvider;
	};
	/** Say by which one; another issuer ends all grants of the one before. */
	changeLibraryStaffSignIn: {
		params: { library: string };
		query: Record<never, never>;
		body: NewStaffProvider;
		answer: StaffProvider;
	};
	/** End it, with its grants. */
	endLibraryStaffSignIn: {
		params: { library: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** Whom a provider’s word lets in, and as what. */
	listConsoleGrants: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: undefined;
		answer: ConsoleGrants;
	};
	/** Let somebody in, or a group, for no more than one may oneself. */
	createConsoleGrant: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: NewConsoleGrant;
		answer: ConsoleGrant;
	};
	/** Take it back; whoever is signed in by it is out at once. */
	endConsoleGrant: {
		params: { grant: string };
		query: Record<never, never>;
		body: undefined;
		answer: undefined;
	};
	/** Ask that somebody at the console lets a command in; for everybody, without a token. */
	beginCommandLogin: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: NewCommandLogin;
		answer: CommandLogin;
	};
	/** Ask how it stands, and get the token once; for everybody, without a token. */
	redeemCommandLogin: {
		params: Record<never, never>;
		query: Record<never, never>;
		body: CommandLoginSecret;
		answer: CommandLoginState;
	};
}

/** Where each operation is found, and in what form its body goes. */
export const OPERATIONS = {
	listLibraries: { method: 'GET', path: '/api/v1/libraries', body: null },
	createLibrary: { method: 'POST', path: '/api/v1/libraries', body: 'application/json' },
	importLibraries: { method: 'POST', path: '/api/v1/libraries:import', body: 'text/csv' },
	getLibrary: { method: 'GET', path: '/api/v1/libraries/{library}', body: null },
	changeLibrary: { method: 'PATCH', path: '/api/v1/libraries/{library}', body: 'application/json' },
	startLibraryOperation: { method: 'POST', path: '/api/v1/libraries/{library}/operations', body: 'application/json' },
	importBranches: { method: 'POST', path: '/api/v1/libraries/{library}/branches:import', body: 'text/csv' },
	getSignIn: { method: 'GET', path: '/api/v1/libraries/{library}/sign-in', body: null },
	changeSignIn: { method: 'PUT', path: '/api/v1/libraries/{library}/sign-in', body: 'application/json' },
	startSignInOperation: { method: 'POST', path: '/api/v1/libraries/{library}/sign-in/operations', body: 'application/json' },
	listSignInAlerts: { method: 'GET', path: '/api/v1/libraries/{library}/sign-in/alerts', body: null },
	listCatalogueNetworks: { method: 'GET', path: '/api/v1/libraries/{library}/catalogue-networks', body: null },
	allowCatalogueNetwork: { method: 'POST', path: '/api/v1/libraries/{library}/catalogue-networks', body: 'application/json' },
	endCatalogueNetwork: { method: 'DELETE', path: '/api/v1/libraries/{library}/catalogue-networks/{network}', body: null },
	listSigningKeys: { method: 'GET', path: '/api/v1/libraries/{library}/signing-keys', body: null },
	startSigningKeysOperation: { method: 'POST', path: '/api/v1/libraries/{library}/signing-keys/operations', body: 'application/json' },
	listPolicies: { method: 'GET', path: '/api/v1/libraries/{library}/policies', body: null },
	adoptPolicy: { method: 'POST', path: '/api/v1/libraries/{library}/policies', body: 'application/json' },
	checkPolicy: { method: 'POST', path: '/api/v1/libraries/{library}/policies:check', body: 'application/json' },
	listContacts: { method: 'GET', path: '/api/v1/libraries/{library}/contacts', body: null },
	createContact: { method: 'POST', path: '/api/v1/libraries/{library}/contacts', body: 'application/json' },
	previewContacts: { method: 'POST', path: '/api/v1/libraries/{library}/contacts:preview', body: 'application/json' },
	importContacts: { method: 'POST', path: '/api/v1/libraries/{library}/contacts:import', body: 'application/json' },
	changeBodies: { method: 'PUT', path: '/api/v1/libraries/{library}/bodies', body: 'application/json' },
	changeContact: { method: 'PATCH', path: '/api/v1/libraries/{library}/contacts/{contact}', body: 'application/json' },
	removeContact: { method: 'DELETE', path: '/api/v1/libraries/{library}/contacts/{contact}', body: null },
	listRecordsProfiles: { method: 'GET', path: '/api/v1/records-profiles', body: null },
	adoptRecords: { method: 'PUT', path: '/api/v1/libraries/{library}/records', body: 'application/json' },
	listTeams: { method: 'GET', path: '/api/v1/libraries/{library}/teams', body: null },
	createTeam: { method: 'POST', path: '/api/v1/libraries/{library}/teams', body: 'application/json' },
	countTeamWaiting: { method: 'GET', path: '/api/v1/libraries/{library}/teams/{team}/waiting', body: null },
	offerTeam: { method: 'POST', path: '/api/v1/libraries/{library}/teams/{team}/libraries', body: 'application/json' },
	agreeToTeam: { method: 'PUT', path: '/api/v1/libraries/{library}/teams/{team}/agreement', body: 'application/json' },
	endTeamPart: { method: 'DELETE', path: '/api/v1/libraries/{library}/teams/{team}/libraries/{other}', body: null },
	addTeamMember: { method: 'POST', path: '/api/v1/libraries/{library}/teams/{team}/members', body: 'application/json' },
	takeOffTeam: { method: 'DELETE', path: '/api/v1/libraries/{library}/teams/{team}/members/{member}', body: null },
	inviteTeamMember: { method: 'POST', path: '/api/v1/libraries/{library}/teams/{team}/members/{member}/invitations', body: null },
	listExternalServers: { method: 'GET', path: '/api/v1/libraries/{library}/external-servers', body: null },
	addExternalServer: { method: 'POST', path: '/api/v1/libraries/{library}/external-servers', body: 'application/json' },
	previewExternalServer: { method: 'POST', path: '/api/v1/libraries/{library}/external-servers:preview', body: 'application/json' },
	checkExternalServer: { method: 'POST', path: '/api/v1/libraries/{library}/external-servers/{server}/checks', body: null },
	removeExternalServer: { method: 'DELETE', path: '/api/v1/libraries/{library}/external-servers/{server}', body: null },
	planUpgrade: { method: 'GET', path: '/api/v1/upgrades:plan', body: null },
	beginUpgrade: { method: 'POST', path: '/api/v1/upgrades', body: 'application/json' },
	listUpgrades: { method: 'GET', path: '/api/v1/upgrades', body: null },
	getUpgrade: { method: 'GET', path: '/api/v1/upgrades/{upgrade}', body: null },
	steerUpgrade: { method: 'PATCH', path: '/api/v1/upgrades/{upgrade}', body: 'application/json' },
	listCells: { method: 'GET', path: '/api/v1/cells', body: null },
	addCell: { method: 'POST', path: '/api/v1/cells', body: 'application/json' },
	changeCell: { method: 'PATCH', path: '/api/v1/cells/{cell}', body: 'application/json' },
	removeCell: { method: 'DELETE', path: '/api/v1/cells/{cell}', body: null },
	listHomes: { method: 'GET', path: '/api/v1/homes', body: null },
	fetchHomeKeys: { method: 'POST', path: '/api/v1/homes/{home}/keys:fetch', body: null },
	getQuotas: { method: 'GET', path: '/api/v1/libraries/{library}/quotas', body: null },
	setQuotas: { method: 'PUT', path: '/api/v1/libraries/{library}/quotas', body: 'application/json' },
	getBill: { method: 'GET', path: '/api/v1/libraries/{library}/bill', body: null },
	listBills: { method: 'GET', path: '/api/v1/bills', body: null },
	getPrices: { method: 'GET', path: '/api/v1/prices', body: null },
	setPrices: { method: 'PUT', path: '/api/v1/prices', body: 'application/json' },
	listClients: { method: 'GET', path: '/api/v1/libraries/{library}/clients', body: null },
	createClient: { method: 'POST', path: '/api/v1/libraries/{library}/clients', body: 'application/json' },
	renewClientSecret: { method: 'POST', path: '/api/v1/libraries/{library}/clients/{client}/secrets', body: null },
	removeClient: { method: 'DELETE', path: '/api/v1/libraries/{library}/clients/{client}', body: null },
	listStaff: { method: 'GET', path: '/api/v1/libraries/{library}/staff', body: null },
	takeBackRole: { method: 'DELETE', path: '/api/v1/libraries/{library}/staff/{grant}', body: null },
	listInvitations: { method: 'GET', path: '/api/v1/libraries/{library}/invitations', body: null },
	inviteLibraryStaff: { method: 'POST', path: '/api/v1/libraries/{library}/invitations', body: 'application/json' },
	takeBackInvitation: { method: 'DELETE', path: '/api/v1/libraries/{library}/invitations/{invitation}', body: null },
	listBranches: { method: 'GET', path: '/api/v1/libraries/{library}/branches', body: null },
	createBranch: { method: 'POST', path: '/api/v1/libraries/{library}/branches', body: 'application/json' },
	getBranch: { method: 'GET', path: '/api/v1/libraries/{library}/branches/{branch}', body: null },
	changeBranch: { method: 'PATCH', path: '/api/v1/libraries/{library}/branches/{branch}', body: 'application/json' },
	startBranchOperation: { method: 'POST', path: '/api/v1/libraries/{library}/branches/{branch}/operations', body: 'application/json' },
	listBackups: { method: 'GET', path: '/api/v1/libraries/{library}/branches/{branch}/backups', body: null },
	getReceipt: { method: 'GET', path: '/api/v1/libraries/{library}/branches/{branch}/receipt', body: null },
	inviteStaff: { method: 'POST', path: '/api/v1/libraries/{library}/branches/{branch}/invitations', body: 'application/json' },
	getOperation: { method: 'GET', path: '/api/v1/operations/{operation}', body: null },
	getImportRows: { method: 'GET', path: '/api/v1/operations/{operation}/rows', body: null },
	cancelOperation: { method: 'POST', path: '/api/v1/operations/{operation}/cancel', body: null },
	resumeOperation: { method: 'POST', path: '/api/v1/operations/{operation}/resume', body: null },
	listEvents: { method: 'GET', path: '/api/v1/libraries/{library}/events', body: null },
	listBranchEvents: { method: 'GET', path: '/api/v1/libraries/{library}/branches/{branch}/events', body: null },
	plan: { method: 'POST', path: '/api/v1/plans', body: 'application/json' },
	listNeighborhoods: { method: 'GET', path: '/api/v1/neighborhoods', body: null },
	getNeighborhood: { method: 'GET', path: '/api/v1/neighborhoods/{neighborhood}', body: null },
	changeNeighborhood: { method: 'PATCH', path: '/api/v1/neighborhoods/{neighborhood}', body: 'application/json' },
	listRosterProposals: { method: 'GET', path: '/api/v1/neighborhoods/{neighborhood}/proposals', body: null },
	proposeToMembers: { method: 'POST', path: '/api/v1/neighborhoods/{neighborhood}/proposals', body: 'application/json' },
	suspendMember: { method: 'POST', path: '/api/v1/neighborhoods/{neighborhood}/suspensions', body: 'application/json' },
	listAudit: { method: 'GET', path: '/api/v1/audit', body: null },
	listLibraryAudit: { method: 'GET', path: '/api/v1/libraries/{library}/audit', body: null },
	listTokens: { method: 'GET', path: '/api/v1/tokens', body: null },
	createToken: { method: 'POST', path: '/api/v1/tokens', body: 'application/json' },
	getOwnToken: { method: 'GET', path: '/api/v1/token', body: null },
	rotateToken: { method: 'POST', path: '/api/v1/tokens/{token}/rotations', body: null },
	revokeToken: { method: 'DELETE', path: '/api/v1/tokens/{token}', body: null },
	getStaffSignIn: { method: 'GET', path: '/api/v1/staff-sign-in', body: null },
	changeStaffSignIn: { method: 'PUT', path: '/api/v1/staff-sign-in', body: 'application/json' },
	endStaffSignIn: { method: 'DELETE', path: '/api/v1/staff-sign-in', body: null },
	getLibraryStaffSignIn: { method: 'GET', path: '/api/v1/libraries/{library}/staff-sign-in', body: null },
	changeLibraryStaffSignIn: { method: 'PUT', path: '/api/v1/libraries/{library}/staff-sign-in', body: 'application/json' },
	endLibraryStaffSignIn: { method: 'DELETE', path: '/api/v1/libraries/{library}/staff-sign-in', body: null },
	listConsoleGrants: { method: 'GET', path: '/api/v1/console-grants', body: null },
	createConsoleGrant: { method: 'POST', path: '/api/v1/console-grants', body: 'application/json' },
	endConsoleGrant: { method: 'DELETE', path: '/api/v1/console-grants/{grant}', body: null },
	beginCommandLogin: { method: 'POST', path: '/api/v1/command-logins', body: 'application/json' },
	redeemCommandLogin: { method: 'POST', path: '/api/v1/command-logins:redeem', body: 'application/json' },
} as const satisfies Record<keyof Operations, { method: string; path: string; body: string | null }>;
