"""Every table of the first release, as the models describe them."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = [
    r"""
CREATE TABLE audit_entry (
    number BIGINT NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    actor_id UUID, 
    action TEXT NOT NULL, 
    object_kind TEXT NOT NULL, 
    object_id UUID, 
    details JSONB NOT NULL, 
    previous_hash TEXT NOT NULL, 
    hash TEXT NOT NULL, 
    CONSTRAINT pk_audit_entry PRIMARY KEY (number)
)
""",
    r"""
CREATE INDEX ix_audit_entry_actor_id ON audit_entry (actor_id)
""",
    r"""
CREATE INDEX ix_audit_entry_object_kind_object_id ON audit_entry (object_kind, object_id)
""",
    r"""
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE audit_head (
    number BIGINT NOT NULL, 
    hash TEXT NOT NULL, 
    id SMALLINT NOT NULL, 
    CONSTRAINT pk_audit_head PRIMARY KEY (id), 
    CONSTRAINT audit_head_is_one_row CHECK (id = 1)
)
""",
    r"""
CREATE TABLE balance_entry (
    id VARCHAR(255) NOT NULL, 
    type VARCHAR(60) NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    fee_minor BIGINT NOT NULL, 
    net_minor BIGINT NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    source VARCHAR(255) NOT NULL, 
    explained_by JSONB NOT NULL, 
    unexplained_minor BIGINT NOT NULL, 
    CONSTRAINT pk_balance_entry PRIMARY KEY (id)
)
""",
    r"""
CREATE INDEX ix_balance_entry_made_at ON balance_entry (made_at)
""",
    r"""
CREATE INDEX unexplained_balance_entries ON balance_entry (made_at) WHERE unexplained_minor <> 0
""",
    r"""
CREATE TABLE embedding (
    text_hash BYTEA NOT NULL, 
    space VARCHAR(80) NOT NULL, 
    vector BYTEA NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_embedding PRIMARY KEY (text_hash, space), 
    CONSTRAINT text_hash_is_sha256 CHECK (octet_length(text_hash) = 32), 
    CONSTRAINT vector_is_half_precision CHECK (octet_length(vector) > 0 AND mod(octet_length(vector), 2) = 0)
)
""",
    r"""
CREATE TABLE embedding_wanted (
    kind VARCHAR(20) NOT NULL, 
    record_id VARCHAR(36) NOT NULL, 
    since TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
    CONSTRAINT pk_embedding_wanted PRIMARY KEY (kind, record_id)
)
""",
    r"""
CREATE TABLE holiday (
    "on" DATE NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    name VARCHAR(60) NOT NULL, 
    source VARCHAR(200) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_holiday PRIMARY KEY (id), 
    CONSTRAINT holiday_date_taken UNIQUE ("on"), 
    CONSTRAINT working_weekend_is_a_weekend CHECK (kind <> 'working_weekend' OR EXTRACT(ISODOW FROM "on") >= 6), 
    CONSTRAINT holidaykind_kind CHECK (kind IN ('holiday', 'working_weekend'))
)
""",
    r"""
CREATE TABLE ledger_head (
    number BIGINT NOT NULL, 
    hash VARCHAR(64) NOT NULL, 
    id SMALLINT NOT NULL, 
    CONSTRAINT pk_ledger_head PRIMARY KEY (id), 
    CONSTRAINT ledger_head_is_one_row CHECK (id = 1)
)
""",
    r"""
CREATE TABLE ledger_transaction (
    kind VARCHAR(40) NOT NULL, 
    reference VARCHAR(120) NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    memo VARCHAR(300) NOT NULL, 
    object_kind VARCHAR(40) NOT NULL, 
    object_id UUID, 
    reverses_id UUID, 
    id UUID NOT NULL, 
    CONSTRAINT pk_ledger_transaction PRIMARY KEY (id), 
    CONSTRAINT ledger_reference_once UNIQUE (reference), 
    CONSTRAINT transactionkind_kind CHECK (kind IN ('capture', 'fee', 'release', 'refund', 'dispute', 'payout', 'transfer', 'reversal', 'owed', 'met', 'dropped', 'income', 'split', 'award')), 
    CONSTRAINT uq_ledger_transaction_reverses_id UNIQUE (reverses_id), 
    CONSTRAINT fk_ledger_transaction_reverses_id_ledger_transaction FOREIGN KEY(reverses_id) REFERENCES ledger_transaction (id)
)
""",
    r"""
CREATE INDEX ix_ledger_transaction_at ON ledger_transaction (at)
""",
    r"""
CREATE INDEX ix_ledger_transaction_object_kind_object_id ON ledger_transaction (object_kind, object_id)
""",
    r"""
CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE match_request (
    number BIGSERIAL NOT NULL, 
    side VARCHAR(40) NOT NULL, 
    record_id UUID NOT NULL, 
    CONSTRAINT pk_match_request PRIMARY KEY (number), 
    CONSTRAINT side_side CHECK (side IN ('need', 'listing'))
)
""",
    r"""
CREATE INDEX ix_match_request_side_record_id ON match_request (side, record_id)
""",
    r"""
CREATE TABLE organization (
    kind VARCHAR(40) NOT NULL, 
    name VARCHAR(120) NOT NULL, 
    credit_code VARCHAR(18) NOT NULL, 
    name_en VARCHAR(200) NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    industry_code VARCHAR(12), 
    district_code VARCHAR(12), 
    size VARCHAR(40), 
    state_owned BOOLEAN NOT NULL, 
    website VARCHAR(200) NOT NULL, 
    about TEXT NOT NULL, 
    about_en TEXT NOT NULL, 
    address VARCHAR(200) NOT NULL, 
    verified_at TIMESTAMP WITH TIME ZONE, 
    verified_by UUID, 
    return_reason TEXT NOT NULL, 
    suspended_reason TEXT NOT NULL, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_organization PRIMARY KEY (id), 
    CONSTRAINT credit_code_taken UNIQUE (credit_code), 
    CONSTRAINT credit_code_has_18_characters CHECK (credit_code ~ '^[0-9A-Z]{18}$'), 
    CONSTRAINT verified_is_dated CHECK (status <> 'verified' OR verified_at IS NOT NULL), 
    CONSTRAINT returned_with_a_reason CHECK (status <> 'returned' OR return_reason <> ''), 
    CONSTRAINT only_enterprises_have_a_size CHECK (size IS NULL OR kind = 'enterprise'), 
    CONSTRAINT organizationkind_kind CHECK (kind IN ('university', 'institute', 'enterprise', 'tto', 'agency', 'investor', 'district', 'operator')), 
    CONSTRAINT organizationstatus_status CHECK (status IN ('applied', 'returned', 'verified', 'suspended')), 
    CONSTRAINT organizationsize_size CHECK (size IN ('micro', 'small', 'medium', 'large'))
)
""",
    r"""
CREATE INDEX ix_organization_status ON organization (status)
""",
    r"""
CREATE TABLE outbox_mail (
    topic VARCHAR(60) NOT NULL, 
    recipient VARCHAR(254) NOT NULL, 
    language VARCHAR(2) NOT NULL, 
    details JSONB NOT NULL, 
    queued_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    delivered_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_outbox_mail PRIMARY KEY (id), 
    CONSTRAINT mail_in_a_known_language CHECK (language IN ('zh', 'en'))
)
""",
    r"""
CREATE INDEX ix_outbox_mail_queued_at ON outbox_mail (queued_at)
""",
    r"""
CREATE TABLE person (
    email VARCHAR(254) NOT NULL, 
    name VARCHAR(80) NOT NULL, 
    password_hash TEXT NOT NULL, 
    language VARCHAR(2) NOT NULL, 
    email_confirmed_at TIMESTAMP WITH TIME ZONE, 
    totp_secret TEXT, 
    totp_confirmed_at TIMESTAMP WITH TIME ZONE, 
    totp_last_step INTEGER, 
    recovery_hashes JSONB NOT NULL, 
    password_changed_at TIMESTAMP WITH TIME ZONE, 
    suspended_at TIMESTAMP WITH TIME ZONE, 
    closed_at TIMESTAMP WITH TIME ZONE, 
    personal_matching BOOLEAN NOT NULL, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_person PRIMARY KEY (id), 
    CONSTRAINT email_taken UNIQUE (email), 
    CONSTRAINT email_in_lower_case CHECK (email = lower(email))
)
""",
    r"""
CREATE TABLE reconciliation (
    day DATE NOT NULL, 
    run_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    entries INTEGER NOT NULL, 
    net_minor BIGINT NOT NULL, 
    books_minor BIGINT NOT NULL, 
    unexplained_minor BIGINT NOT NULL, 
    differences JSONB NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_reconciliation PRIMARY KEY (id), 
    CONSTRAINT reconciliation_counts CHECK (entries >= 0)
)
""",
    r"""
CREATE INDEX ix_reconciliation_run_at ON reconciliation (run_at)
""",
    r"""
CREATE TABLE registration (
    email VARCHAR(254) NOT NULL, 
    name VARCHAR(80) NOT NULL, 
    language VARCHAR(2) NOT NULL, 
    token_hash BYTEA NOT NULL, 
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    used_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_registration PRIMARY KEY (id), 
    CONSTRAINT uq_registration_token_hash UNIQUE (token_hash)
)
""",
    r"""
CREATE INDEX ix_registration_email ON registration (email)
""",
    r"""
CREATE TABLE rule (
    key VARCHAR(80) NOT NULL, 
    value TEXT NOT NULL, 
    source TEXT NOT NULL, 
    confirmed BOOLEAN NOT NULL, 
    changed_by UUID NOT NULL, 
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_rule PRIMARY KEY (key)
)
""",
    r"""
CREATE TABLE rule_change (
    id UUID NOT NULL, 
    key VARCHAR(80) NOT NULL, 
    before TEXT NOT NULL, 
    after TEXT NOT NULL, 
    source TEXT NOT NULL, 
    confirmed BOOLEAN NOT NULL, 
    reason TEXT NOT NULL, 
    changed_by UUID NOT NULL, 
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_rule_change PRIMARY KEY (id), 
    CONSTRAINT rule_change_has_a_reason CHECK (reason <> '')
)
""",
    r"""
CREATE INDEX ix_rule_change_key_changed_at ON rule_change (key, changed_at)
""",
    r"""
CREATE TRIGGER rule_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE sign_in_throttle (
    email_hash BYTEA NOT NULL, 
    failures INTEGER NOT NULL, 
    failed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    locked_until TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_sign_in_throttle PRIMARY KEY (id), 
    CONSTRAINT uq_sign_in_throttle_email_hash UNIQUE (email_hash)
)
""",
    r"""
CREATE TABLE account_token (
    user_id UUID NOT NULL, 
    purpose VARCHAR(40) NOT NULL, 
    token_hash BYTEA NOT NULL, 
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    email VARCHAR(254) NOT NULL, 
    used_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_account_token PRIMARY KEY (id), 
    CONSTRAINT fk_account_token_user_id_person FOREIGN KEY(user_id) REFERENCES person (id), 
    CONSTRAINT tokenpurpose_purpose CHECK (purpose IN ('reset_password', 'change_email')), 
    CONSTRAINT uq_account_token_token_hash UNIQUE (token_hash)
)
""",
    r"""
CREATE INDEX ix_account_token_user_id ON account_token (user_id)
""",
    r"""
CREATE TABLE approval_tier (
    organization_id UUID NOT NULL, 
    from_minor BIGINT NOT NULL, 
    is_above BOOLEAN NOT NULL, 
    body VARCHAR(200) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_approval_tier PRIMARY KEY (id), 
    CONSTRAINT one_tier_per_amount UNIQUE (organization_id, from_minor, is_above), 
    CONSTRAINT tier_amount_is_not_negative CHECK (from_minor >= 0), 
    CONSTRAINT tier_names_its_body CHECK (body <> ''), 
    CONSTRAINT fk_approval_tier_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id)
)
""",
    r"""
CREATE TABLE attachment (
    object_kind VARCHAR(40) NOT NULL, 
    object_id UUID NOT NULL, 
    organization_id UUID, 
    uploaded_by UUID NOT NULL, 
    name VARCHAR(200) NOT NULL, 
    media_type VARCHAR(100) NOT NULL, 
    size_bytes BIGINT NOT NULL, 
    sha256 VARCHAR(64) NOT NULL, 
    visibility VARCHAR(40) NOT NULL, 
    purpose VARCHAR(40) NOT NULL, 
    removed_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_attachment PRIMARY KEY (id), 
    CONSTRAINT attachment_has_content CHECK (size_bytes > 0), 
    CONSTRAINT fk_attachment_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_attachment_uploaded_by_person FOREIGN KEY(uploaded_by) REFERENCES person (id), 
    CONSTRAINT visibility_visibility CHECK (visibility IN ('public', 'signed_in', 'confidential', 'internal'))
)
""",
    r"""
CREATE INDEX ix_attachment_object_kind_object_id ON attachment (object_kind, object_id)
""",
    r"""
CREATE TABLE collection (
    person_id UUID NOT NULL, 
    name VARCHAR(80) NOT NULL, 
    note TEXT NOT NULL, 
    share_token VARCHAR(64), 
    shared_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_collection PRIMARY KEY (id), 
    CONSTRAINT collection_name_taken UNIQUE (person_id, name), 
    CONSTRAINT share_token_names_one_collection UNIQUE (share_token), 
    CONSTRAINT collection_is_named CHECK (name <> ''), 
    CONSTRAINT shared_collection_is_dated CHECK ((share_token IS NULL) = (shared_at IS NULL)), 
    CONSTRAINT fk_collection_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE digest (
    person_id UUID NOT NULL, 
    frequency VARCHAR(40) NOT NULL, 
    "on" DATE NOT NULL, 
    notices INTEGER NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_digest PRIMARY KEY (id), 
    CONSTRAINT one_digest_per_day UNIQUE (person_id, frequency, "on"), 
    CONSTRAINT fk_digest_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT frequency_frequency CHECK (frequency IN ('now', 'daily', 'weekly', 'off'))
)
""",
    r"""
CREATE TABLE file_import (
    kind VARCHAR(40) NOT NULL, 
    organization_id UUID NOT NULL, 
    created_by UUID, 
    file_name VARCHAR(200) NOT NULL, 
    size_bytes BIGINT NOT NULL, 
    sha256 VARCHAR(64) NOT NULL, 
    format VARCHAR(40) NOT NULL, 
    encoding VARCHAR(20) NOT NULL, 
    delimiter VARCHAR(1) NOT NULL, 
    columns JSONB NOT NULL, 
    mapping JSONB NOT NULL, 
    language VARCHAR(2) NOT NULL, 
    has_header BOOLEAN NOT NULL, 
    publish BOOLEAN NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    preview JSONB NOT NULL, 
    groups JSONB NOT NULL, 
    rows_done BIGINT NOT NULL, 
    job_id UUID, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_file_import PRIMARY KEY (id), 
    CONSTRAINT import_goes_forward CHECK (rows_done >= 0), 
    CONSTRAINT importkind_kind CHECK (kind IN ('results', 'patents', 'needs', 'facilities')), 
    CONSTRAINT fk_file_import_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_file_import_created_by_person FOREIGN KEY(created_by) REFERENCES person (id), 
    CONSTRAINT fileformat_format CHECK (format IN ('csv', 'xlsx', 'jsonl')), 
    CONSTRAINT importstate_state CHECK (state IN ('uploaded', 'checking', 'checked', 'running', 'ended'))
)
""",
    r"""
CREATE INDEX ix_file_import_organization_id_created_at ON file_import (organization_id, created_at)
""",
    r"""
CREATE INDEX ix_file_import_sha256 ON file_import (sha256)
""",
    r"""
CREATE TABLE invitation (
    organization_id UUID NOT NULL, 
    email VARCHAR(254) NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    token_hash BYTEA NOT NULL, 
    invited_by UUID NOT NULL, 
    invited_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    accepted_at TIMESTAMP WITH TIME ZONE, 
    withdrawn_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_invitation PRIMARY KEY (id), 
    CONSTRAINT invitation_email_in_lower_case CHECK (email = lower(email)), 
    CONSTRAINT invitation_ends_one_way CHECK (accepted_at IS NULL OR withdrawn_at IS NULL), 
    CONSTRAINT fk_invitation_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT memberrole_role CHECK (role IN ('owner', 'editor', 'tto_officer', 'technology_manager', 'operator_staff')), 
    CONSTRAINT uq_invitation_token_hash UNIQUE (token_hash), 
    CONSTRAINT fk_invitation_invited_by_person FOREIGN KEY(invited_by) REFERENCES person (id)
)
""",
    r"""
CREATE UNIQUE INDEX one_open_invitation ON invitation (organization_id, email) WHERE accepted_at IS NULL AND withdrawn_at IS NULL
""",
    r"""
CREATE TABLE invoice_profile (
    organization_id UUID NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    title VARCHAR(120) NOT NULL, 
    tax_number VARCHAR(20) NOT NULL, 
    address VARCHAR(200) NOT NULL, 
    phone VARCHAR(40) NOT NULL, 
    bank_name VARCHAR(120) NOT NULL, 
    bank_account VARCHAR(40) NOT NULL, 
    email VARCHAR(254) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_invoice_profile PRIMARY KEY (id), 
    CONSTRAINT invoice_profile_special_is_complete CHECK (kind <> 'special' OR (address <> '' AND phone <> '' AND bank_name <> '' AND bank_account <> '')), 
    CONSTRAINT uq_invoice_profile_organization_id UNIQUE (organization_id), 
    CONSTRAINT fk_invoice_profile_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT invoicekind_kind CHECK (kind IN ('ordinary', 'special'))
)
""",
    r"""
CREATE TABLE ledger_line (
    transaction_id UUID NOT NULL, 
    position SMALLINT NOT NULL, 
    account VARCHAR(40) NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    owner_id UUID, 
    currency VARCHAR(3) NOT NULL, 
    CONSTRAINT pk_ledger_line PRIMARY KEY (transaction_id, position), 
    CONSTRAINT ledger_line_moves_money CHECK (amount_minor <> 0), 
    CONSTRAINT ledger_line_currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$'), 
    CONSTRAINT fk_ledger_line_transaction_id_ledger_transaction FOREIGN KEY(transaction_id) REFERENCES ledger_transaction (id), 
    CONSTRAINT account_account CHECK (account IN ('stripe_clearing', 'bank', 'direct_bank', 'prepaid', 'provider_payable', 'provider_receivable', 'commission_income', 'tax_payable', 'payment_fees', 'dispute_hold', 'contract_claim', 'contract_debt', 'contract_cash', 'contract_income', 'interest_income', 'income_cost', 'award_payable', 'college_share', 'university_share', 'fee_claim', 'fee_debt', 'fee_cash', 'fee_income'))
)
""",
    r"""
CREATE INDEX ix_ledger_line_account_currency ON ledger_line (account, currency)
""",
    r"""
CREATE INDEX ix_ledger_line_owner_id_account ON ledger_line (owner_id, account)
""",
    r"""
CREATE TRIGGER ledger_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE FUNCTION ledger_require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid;
    lines integer;
BEGIN
    IF TG_TABLE_NAME = 'ledger_line' THEN
        checked := NEW.transaction_id;
    ELSE
        checked := NEW.id;
    END IF;
    SELECT count(*) INTO lines FROM ledger_line WHERE transaction_id = checked;
    IF lines < 2 THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'ledger_has_two_lines',
            MESSAGE = 'a ledger transaction has at least two lines';
    END IF;
    IF EXISTS (
        SELECT 1 FROM ledger_line WHERE transaction_id = checked
        GROUP BY currency HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'ledger_sums_to_zero',
            MESSAGE = 'the lines of a ledger transaction sum to zero in each currency';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM ledger_seal WHERE transaction_id = checked) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'ledger_is_sealed',
            MESSAGE = 'a ledger transaction has its place in the chain';
    END IF;
    RETURN NULL;
END $$
""",
    r"""
CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT ON ledger_transaction
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_require_balance()
""",
    r"""
CREATE CONSTRAINT TRIGGER ledger_line_balances AFTER INSERT ON ledger_line
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_require_balance()
""",
    r"""
CREATE TABLE ledger_seal (
    number BIGINT NOT NULL, 
    transaction_id UUID NOT NULL, 
    previous_hash VARCHAR(64) NOT NULL, 
    hash VARCHAR(64) NOT NULL, 
    CONSTRAINT pk_ledger_seal PRIMARY KEY (number), 
    CONSTRAINT ledger_sealed_once UNIQUE (transaction_id), 
    CONSTRAINT fk_ledger_seal_transaction_id_ledger_transaction FOREIGN KEY(transaction_id) REFERENCES ledger_transaction (id)
)
""",
    r"""
CREATE TRIGGER ledger_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE listing (
    title VARCHAR(200) NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    language VARCHAR(2) NOT NULL, 
    external_id VARCHAR(100), 
    title_en VARCHAR(300) NOT NULL, 
    summary TEXT NOT NULL, 
    summary_en TEXT NOT NULL, 
    plain_summary TEXT NOT NULL, 
    plain_summary_en TEXT NOT NULL, 
    problem TEXT NOT NULL, 
    problem_en TEXT NOT NULL, 
    gain TEXT NOT NULL, 
    gain_en TEXT NOT NULL, 
    gains JSONB NOT NULL, 
    abstract TEXT NOT NULL, 
    abstract_en TEXT NOT NULL, 
    keywords JSONB NOT NULL, 
    keywords_en JSONB NOT NULL, 
    industry_codes JSONB NOT NULL, 
    field_codes JSONB NOT NULL, 
    trl INTEGER, 
    inventors JSONB NOT NULL, 
    source_channel VARCHAR(40), 
    next_step TEXT NOT NULL, 
    next_step_en TEXT NOT NULL, 
    cooperation JSONB NOT NULL, 
    terms TEXT NOT NULL, 
    terms_en TEXT NOT NULL, 
    open_license JSONB NOT NULL, 
    price_mode VARCHAR(40) NOT NULL, 
    price_minor BIGINT, 
    price_max_minor BIGINT, 
    export_control VARCHAR(40) NOT NULL, 
    year INTEGER, 
    expiry_asked_at TIMESTAMP WITH TIME ZONE, 
    withdrawn_reason TEXT NOT NULL, 
    source_hash VARCHAR(64), 
    organization_id UUID NOT NULL, 
    pending JSONB, 
    pending_submitted_at TIMESTAMP WITH TIME ZONE, 
    created_by UUID, 
    edited_by UUID, 
    submitted_at TIMESTAMP WITH TIME ZONE, 
    published_at TIMESTAMP WITH TIME ZONE, 
    reviewed_by UUID, 
    return_reason TEXT NOT NULL, 
    touched_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_listing PRIMARY KEY (id), 
    CONSTRAINT trl_on_scale CHECK (trl BETWEEN 1 AND 9), 
    CONSTRAINT published_is_dated CHECK (status <> 'published' OR published_at IS NOT NULL), 
    CONSTRAINT returned_listing_has_a_reason CHECK (status <> 'returned' OR return_reason <> ''), 
    CONSTRAINT named_price_is_positive CHECK (price_mode NOT IN ('fixed', 'range') OR coalesce(price_minor, 0) > 0), 
    CONSTRAINT price_range_in_order CHECK (price_mode <> 'range' OR price_max_minor >= price_minor), 
    CONSTRAINT listing_external_id_taken UNIQUE (organization_id, external_id), 
    CONSTRAINT listingkind_kind CHECK (kind IN ('result', 'patent')), 
    CONSTRAINT listingstatus_status CHECK (status IN ('draft', 'under_review', 'returned', 'published', 'expired', 'withdrawn')), 
    CONSTRAINT sourcechannel_source_channel CHECK (source_channel IN ('service', 'national_program', 'provincial_program', 'city_program', 'enterprise', 'competition', 'import', 'other')), 
    CONSTRAINT pricemode_price_mode CHECK (price_mode IN ('negotiable', 'fixed', 'range', 'free')), 
    CONSTRAINT exportcontrol_export_control CHECK (export_control IN ('unchecked', 'free', 'restricted', 'prohibited')), 
    CONSTRAINT fk_listing_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_listing_created_by_person FOREIGN KEY(created_by) REFERENCES person (id), 
    CONSTRAINT fk_listing_edited_by_person FOREIGN KEY(edited_by) REFERENCES person (id), 
    CONSTRAINT fk_listing_reviewed_by_person FOREIGN KEY(reviewed_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_listing_expiry_asked_at ON listing (expiry_asked_at) WHERE expiry_asked_at IS NOT NULL
""",
    r"""
CREATE INDEX ix_listing_organization_id_status ON listing (organization_id, status)
""",
    r"""
CREATE INDEX ix_listing_pending_submitted_at ON listing (pending_submitted_at) WHERE pending_submitted_at IS NOT NULL
""",
    r"""
CREATE INDEX ix_listing_status_published_at ON listing (status, published_at)
""",
    r"""
CREATE TABLE long_job (
    kind VARCHAR(40) NOT NULL, 
    title VARCHAR(200) NOT NULL, 
    id UUID NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL, 
    subject VARCHAR(300) NOT NULL, 
    owner_id UUID, 
    organization_id UUID, 
    state VARCHAR(40) NOT NULL, 
    cancellable BOOLEAN NOT NULL, 
    phase VARCHAR(200) NOT NULL, 
    done BIGINT NOT NULL, 
    total BIGINT, 
    started_at TIMESTAMP WITH TIME ZONE, 
    phase_at TIMESTAMP WITH TIME ZONE, 
    beat_at TIMESTAMP WITH TIME ZONE, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    new_count BIGINT NOT NULL, 
    changed_count BIGINT NOT NULL, 
    skipped_count BIGINT NOT NULL, 
    failed_count BIGINT NOT NULL, 
    result_name VARCHAR(200) NOT NULL, 
    result_type VARCHAR(100) NOT NULL, 
    cancel_asked_at TIMESTAMP WITH TIME ZONE, 
    message TEXT NOT NULL, 
    message_values JSONB NOT NULL, 
    CONSTRAINT pk_long_job PRIMARY KEY (id), 
    CONSTRAINT job_counts_up CHECK (done >= 0 AND (total IS NULL OR total >= 0)), 
    CONSTRAINT ended_job_is_dated CHECK ((state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)), 
    CONSTRAINT fk_long_job_owner_id_person FOREIGN KEY(owner_id) REFERENCES person (id), 
    CONSTRAINT fk_long_job_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT jobstate_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled'))
)
""",
    r"""
CREATE INDEX ix_long_job_ended_at ON long_job (ended_at)
""",
    r"""
CREATE INDEX ix_long_job_organization_id_created_at ON long_job (organization_id, created_at)
""",
    r"""
CREATE INDEX ix_long_job_owner_id_created_at ON long_job (owner_id, created_at)
""",
    r"""
CREATE TABLE manager_profile (
    person_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    level VARCHAR(40) NOT NULL, 
    applied_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    name VARCHAR(80) NOT NULL, 
    name_en VARCHAR(120) NOT NULL, 
    headline VARCHAR(200) NOT NULL, 
    headline_en VARCHAR(300) NOT NULL, 
    about TEXT NOT NULL, 
    about_en TEXT NOT NULL, 
    field_codes JSONB NOT NULL, 
    industry_codes JSONB NOT NULL, 
    languages JSONB NOT NULL, 
    district_code VARCHAR(12), 
    status VARCHAR(40) NOT NULL, 
    wanted_level VARCHAR(40), 
    licensed_at TIMESTAMP WITH TIME ZONE, 
    expires_on DATE, 
    warned_days INTEGER, 
    reviewed_by UUID, 
    reviewed_at TIMESTAMP WITH TIME ZONE, 
    reason TEXT NOT NULL, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_manager_profile PRIMARY KEY (id), 
    CONSTRAINT one_entry_per_manager UNIQUE (person_id), 
    CONSTRAINT manager_has_a_name CHECK (name <> ''), 
    CONSTRAINT manager_license_is_dated CHECK (status NOT IN ('licensed', 'expired') OR licensed_at IS NOT NULL), 
    CONSTRAINT manager_turned_down_with_a_reason CHECK (status NOT IN ('refused', 'suspended') OR reason <> ''), 
    CONSTRAINT manager_expired_on_a_day CHECK (status <> 'expired' OR expires_on IS NOT NULL), 
    CONSTRAINT fk_manager_profile_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT fk_manager_profile_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT managerlevel_level CHECK (level IN ('junior', 'middle', 'senior')), 
    CONSTRAINT managerstatus_status CHECK (status IN ('applied', 'licensed', 'refused', 'suspended', 'expired')), 
    CONSTRAINT managerlevel_wanted_level CHECK (wanted_level IN ('junior', 'middle', 'senior')), 
    CONSTRAINT fk_manager_profile_reviewed_by_person FOREIGN KEY(reviewed_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_manager_profile_organization_id ON manager_profile (organization_id)
""",
    r"""
CREATE INDEX ix_manager_profile_status ON manager_profile (status)
""",
    r"""
CREATE TABLE match_weights (
    number INTEGER NOT NULL, 
    weights JSONB NOT NULL, 
    push_from DOUBLE PRECISION NOT NULL, 
    made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    note VARCHAR(300) NOT NULL, 
    made_by UUID, 
    is_active BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_match_weights PRIMARY KEY (id), 
    CONSTRAINT one_weights_version_per_number UNIQUE (number), 
    CONSTRAINT push_threshold_is_a_score CHECK (push_from BETWEEN 0 AND 1), 
    CONSTRAINT fk_match_weights_made_by_person FOREIGN KEY(made_by) REFERENCES person (id)
)
""",
    r"""
CREATE UNIQUE INDEX one_active_weights_version ON match_weights (is_active) WHERE is_active
""",
    r"""
CREATE TABLE membership (
    user_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    started_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    granted_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_membership PRIMARY KEY (id), 
    CONSTRAINT membership_in_order CHECK (ended_at IS NULL OR ended_at >= started_at), 
    CONSTRAINT fk_membership_user_id_person FOREIGN KEY(user_id) REFERENCES person (id), 
    CONSTRAINT fk_membership_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT memberrole_role CHECK (role IN ('owner', 'editor', 'tto_officer', 'technology_manager', 'operator_staff')), 
    CONSTRAINT fk_membership_granted_by_person FOREIGN KEY(granted_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_membership_organization_id ON membership (organization_id)
""",
    r"""
CREATE UNIQUE INDEX one_open_membership ON membership (user_id, organization_id, role) WHERE ended_at IS NULL
""",
    r"""
CREATE TABLE need (
    title VARCHAR(200) NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    language VARCHAR(2) NOT NULL, 
    external_id VARCHAR(100), 
    title_en VARCHAR(300) NOT NULL, 
    problem TEXT NOT NULL, 
    problem_en TEXT NOT NULL, 
    situation TEXT NOT NULL, 
    parameters JSONB NOT NULL, 
    constraints TEXT NOT NULL, 
    budget_min_minor BIGINT, 
    budget_max_minor BIGINT, 
    deadline_on DATE, 
    confidentiality VARCHAR(40) NOT NULL, 
    cooperation JSONB NOT NULL, 
    criteria JSONB NOT NULL, 
    acceptance TEXT NOT NULL, 
    ip_wishes TEXT NOT NULL, 
    keywords JSONB NOT NULL, 
    keywords_en JSONB NOT NULL, 
    industry_codes JSONB NOT NULL, 
    field_codes JSONB NOT NULL, 
    trl_min INTEGER, 
    close_reason TEXT NOT NULL, 
    closed_at TIMESTAMP WITH TIME ZONE, 
    expiry_asked_at TIMESTAMP WITH TIME ZONE, 
    import_digest VARCHAR(64), 
    organization_id UUID NOT NULL, 
    pending JSONB, 
    pending_submitted_at TIMESTAMP WITH TIME ZONE, 
    created_by UUID, 
    edited_by UUID, 
    submitted_at TIMESTAMP WITH TIME ZONE, 
    published_at TIMESTAMP WITH TIME ZONE, 
    reviewed_by UUID, 
    return_reason TEXT NOT NULL, 
    touched_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_need PRIMARY KEY (id), 
    CONSTRAINT wanted_trl_on_scale CHECK (trl_min BETWEEN 1 AND 9), 
    CONSTRAINT open_is_dated CHECK (status NOT IN ('open', 'in_talks') OR published_at IS NOT NULL), 
    CONSTRAINT returned_need_has_a_reason CHECK (status <> 'returned' OR return_reason <> ''), 
    CONSTRAINT unmet_need_has_a_reason CHECK (status <> 'closed_unmet' OR close_reason <> ''), 
    CONSTRAINT closed_need_is_dated CHECK (status NOT IN ('met', 'closed_unmet') OR closed_at IS NOT NULL), 
    CONSTRAINT need_language_is_known CHECK (language IN ('zh', 'en')), 
    CONSTRAINT sent_changes_exist CHECK (pending_submitted_at IS NULL OR pending IS NOT NULL), 
    CONSTRAINT budget_in_order CHECK (budget_max_minor >= budget_min_minor), 
    CONSTRAINT need_external_id_taken UNIQUE (organization_id, external_id), 
    CONSTRAINT needkind_kind CHECK (kind IN ('technology', 'talent', 'finance')), 
    CONSTRAINT needstatus_status CHECK (status IN ('draft', 'under_review', 'returned', 'open', 'in_talks', 'met', 'closed_unmet', 'expired', 'withdrawn')), 
    CONSTRAINT confidentiality_confidentiality CHECK (confidentiality IN ('named', 'verified', 'on_consent')), 
    CONSTRAINT fk_need_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_need_created_by_person FOREIGN KEY(created_by) REFERENCES person (id), 
    CONSTRAINT fk_need_edited_by_person FOREIGN KEY(edited_by) REFERENCES person (id), 
    CONSTRAINT fk_need_reviewed_by_person FOREIGN KEY(reviewed_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_need_changes_sent ON need (pending_submitted_at) WHERE pending_submitted_at IS NOT NULL
""",
    r"""
CREATE INDEX ix_need_organization_id_status ON need (organization_id, status)
""",
    r"""
CREATE INDEX ix_need_status_published_at ON need (status, published_at)
""",
    r"""
CREATE TABLE notice (
    person_id UUID NOT NULL, 
    "group" VARCHAR(40) NOT NULL, 
    topic VARCHAR(80) NOT NULL, 
    dedupe VARCHAR(300) NOT NULL, 
    message TEXT NOT NULL, 
    values JSONB NOT NULL, 
    link TEXT NOT NULL, 
    made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    on_site BOOLEAN NOT NULL, 
    mail VARCHAR(40) NOT NULL, 
    mailed_at TIMESTAMP WITH TIME ZONE, 
    read_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_notice PRIMARY KEY (id), 
    CONSTRAINT one_notice_per_thing UNIQUE (person_id, dedupe), 
    CONSTRAINT notice_links_into_the_site CHECK (link ~ '^/([^/]|$)'), 
    CONSTRAINT fk_notice_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT noticegroup_group CHECK ("group" IN ('matches', 'answers', 'deals', 'reviews', 'expiry', 'organizations', 'searches', 'papers', 'payments', 'bookings', 'jobs')), 
    CONSTRAINT frequency_mail CHECK (mail IN ('now', 'daily', 'weekly', 'off'))
)
""",
    r"""
CREATE INDEX ix_notice_person_id_made_at ON notice (person_id, made_at)
""",
    r"""
CREATE INDEX notices_to_mail ON notice (mail, person_id) WHERE mailed_at IS NULL AND mail <> 'off'
""",
    r"""
CREATE INDEX unread_notices ON notice (person_id) WHERE read_at IS NULL AND on_site
""",
    r"""
CREATE TABLE notice_choice (
    person_id UUID NOT NULL, 
    "group" VARCHAR(40) NOT NULL, 
    on_site BOOLEAN NOT NULL, 
    mail VARCHAR(40) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_notice_choice PRIMARY KEY (id), 
    CONSTRAINT one_choice_per_group UNIQUE (person_id, "group"), 
    CONSTRAINT fk_notice_choice_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT noticegroup_group CHECK ("group" IN ('matches', 'answers', 'deals', 'reviews', 'expiry', 'organizations', 'searches', 'papers', 'payments', 'bookings', 'jobs')), 
    CONSTRAINT frequency_mail CHECK (mail IN ('now', 'daily', 'weekly', 'off'))
)
""",
    r"""
CREATE TABLE paper (
    kind VARCHAR(40) NOT NULL, 
    object_kind VARCHAR(40) NOT NULL, 
    object_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    title VARCHAR(200) NOT NULL, 
    title_en VARCHAR(300) NOT NULL, 
    body JSONB NOT NULL, 
    sha256 VARCHAR(64) NOT NULL, 
    drawn_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    drawn_by UUID, 
    superseded_at TIMESTAMP WITH TIME ZONE, 
    signed_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_paper PRIMARY KEY (id), 
    CONSTRAINT paper_number_once UNIQUE (kind, object_kind, object_id, number), 
    CONSTRAINT paper_is_numbered CHECK (number > 0), 
    CONSTRAINT paper_is_hashed CHECK (sha256 ~ '^[0-9a-f]{64}$'), 
    CONSTRAINT signed_paper_is_never_superseded CHECK (signed_at IS NULL OR superseded_at IS NULL), 
    CONSTRAINT paperkind_kind CHECK (kind IN ('mandate', 'confidentiality', 'contract', 'amendment', 'trial', 'report', 'statement')), 
    CONSTRAINT fk_paper_drawn_by_person FOREIGN KEY(drawn_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_paper_object_kind_object_id ON paper (object_kind, object_id)
""",
    r"""
CREATE UNIQUE INDEX ix_paper_sha256 ON paper (sha256)
""",
    r"""
CREATE UNIQUE INDEX one_current_paper ON paper (kind, object_kind, object_id) WHERE superseded_at IS NULL
""",
    r"""
CREATE FUNCTION refuse_changed_paper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a paper is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.kind, NEW.object_kind, NEW.object_id, NEW.number, NEW.title, NEW.title_en,
        NEW.body, NEW.sha256, NEW.drawn_by, NEW.drawn_at)
       IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.object_kind, OLD.object_id, OLD.number, OLD.title, OLD.title_en,
        OLD.body, OLD.sha256, OLD.drawn_by, OLD.drawn_at) THEN
        RAISE EXCEPTION 'the text of a paper is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
""",
    r"""
CREATE TRIGGER paper_text_is_fixed BEFORE UPDATE OR DELETE ON paper
FOR EACH ROW EXECUTE FUNCTION refuse_changed_paper()
""",
    r"""
CREATE TABLE payee_account (
    organization_id UUID NOT NULL, 
    account_name VARCHAR(120) NOT NULL, 
    bank_name VARCHAR(120) NOT NULL, 
    account_number VARCHAR(40) NOT NULL, 
    stripe_id VARCHAR(255), 
    stripe_ready BOOLEAN NOT NULL, 
    changed_by UUID, 
    changed_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_payee_account PRIMARY KEY (id), 
    CONSTRAINT uq_payee_account_organization_id UNIQUE (organization_id), 
    CONSTRAINT fk_payee_account_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT uq_payee_account_stripe_id UNIQUE (stripe_id), 
    CONSTRAINT fk_payee_account_changed_by_person FOREIGN KEY(changed_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE payment (
    purpose VARCHAR(40) NOT NULL, 
    purpose_id UUID NOT NULL, 
    number VARCHAR(20) NOT NULL, 
    payer_id UUID NOT NULL, 
    payee_id UUID NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    title VARCHAR(200) NOT NULL, 
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    attempt_no INTEGER NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    title_en VARCHAR(300) NOT NULL, 
    commission_bp INTEGER NOT NULL, 
    tax_bp INTEGER NOT NULL, 
    hold BOOLEAN NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    method VARCHAR(40), 
    requested_by UUID, 
    due_at TIMESTAMP WITH TIME ZONE, 
    expires_at TIMESTAMP WITH TIME ZONE, 
    authorized_at TIMESTAMP WITH TIME ZONE, 
    capture_before TIMESTAMP WITH TIME ZONE, 
    captured_at TIMESTAMP WITH TIME ZONE, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    captured_minor BIGINT NOT NULL, 
    refunded_minor BIGINT NOT NULL, 
    released_minor BIGINT NOT NULL, 
    recalled_minor BIGINT NOT NULL, 
    fee_minor BIGINT, 
    session_no INTEGER NOT NULL, 
    session_id VARCHAR(255), 
    session_url VARCHAR(2000), 
    session_expires_at TIMESTAMP WITH TIME ZONE, 
    intent_id VARCHAR(255), 
    charge_id VARCHAR(255), 
    note VARCHAR(500) NOT NULL, 
    synced_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_payment PRIMARY KEY (id), 
    CONSTRAINT payment_attempts_are_numbered UNIQUE (purpose, purpose_id, attempt_no), 
    CONSTRAINT payment_amount_is_not_negative CHECK (amount_minor >= 0), 
    CONSTRAINT payment_currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$'), 
    CONSTRAINT payment_refunds_within_captured CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor), 
    CONSTRAINT payment_releases_within_captured CHECK (released_minor >= 0 AND released_minor <= captured_minor), 
    CONSTRAINT payment_captures_within_amount CHECK (captured_minor <= amount_minor), 
    CONSTRAINT payment_rates_are_basis_points CHECK (commission_bp BETWEEN 0 AND 10000 AND tax_bp BETWEEN 0 AND 10000), 
    CONSTRAINT payment_captured_is_dated CHECK (state NOT IN ('captured', 'partially_refunded', 'refunded', 'disputed', 'lost') OR captured_at IS NOT NULL), 
    CONSTRAINT purpose_purpose CHECK (purpose IN ('booking', 'milestone', 'royalty', 'commission', 'interest')), 
    CONSTRAINT uq_payment_number UNIQUE (number), 
    CONSTRAINT fk_payment_payer_id_organization FOREIGN KEY(payer_id) REFERENCES organization (id), 
    CONSTRAINT fk_payment_payee_id_organization FOREIGN KEY(payee_id) REFERENCES organization (id), 
    CONSTRAINT paymentstate_state CHECK (state IN ('created', 'session_open', 'processing', 'authorized', 'captured', 'partially_refunded', 'refunded', 'failed', 'expired', 'cancelled', 'disputed', 'lost')), 
    CONSTRAINT method_method CHECK (method IN ('card', 'alipay', 'wechat_pay', 'bank', 'free')), 
    CONSTRAINT fk_payment_requested_by_person FOREIGN KEY(requested_by) REFERENCES person (id), 
    CONSTRAINT uq_payment_session_id UNIQUE (session_id), 
    CONSTRAINT uq_payment_intent_id UNIQUE (intent_id), 
    CONSTRAINT uq_payment_charge_id UNIQUE (charge_id)
)
""",
    r"""
CREATE INDEX ix_payment_expires_at ON payment (expires_at) WHERE state IN ('created', 'session_open', 'processing', 'authorized')
""",
    r"""
CREATE INDEX ix_payment_payee_id_state ON payment (payee_id, state)
""",
    r"""
CREATE INDEX ix_payment_payer_id_state ON payment (payer_id, state)
""",
    r"""
CREATE UNIQUE INDEX one_open_payment_per_purpose ON payment (purpose, purpose_id) WHERE state IN ('created', 'session_open', 'processing', 'authorized')
""",
    r"""
CREATE TABLE platform_grant (
    user_id UUID NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    started_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_platform_grant PRIMARY KEY (id), 
    CONSTRAINT platform_grant_in_order CHECK (ended_at IS NULL OR ended_at >= started_at), 
    CONSTRAINT fk_platform_grant_user_id_person FOREIGN KEY(user_id) REFERENCES person (id), 
    CONSTRAINT platformrole_role CHECK (role IN ('reviewer', 'city_officer', 'administrator'))
)
""",
    r"""
CREATE UNIQUE INDEX one_open_platform_grant ON platform_grant (user_id, role) WHERE ended_at IS NULL
""",
    r"""
CREATE TABLE saved_search (
    person_id UUID NOT NULL, 
    name VARCHAR(80) NOT NULL, 
    scope VARCHAR(40) NOT NULL, 
    address TEXT NOT NULL, 
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    saved_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    frequency VARCHAR(40) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_saved_search PRIMARY KEY (id), 
    CONSTRAINT saved_search_name_taken UNIQUE (person_id, name), 
    CONSTRAINT search_saved_once UNIQUE (person_id, scope, address), 
    CONSTRAINT saved_search_is_named CHECK (name <> ''), 
    CONSTRAINT fk_saved_search_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT scope_scope CHECK (scope IN ('listing', 'need')), 
    CONSTRAINT alertfrequency_frequency CHECK (frequency IN ('now', 'daily', 'weekly', 'off'))
)
""",
    r"""
CREATE INDEX ix_saved_search_frequency_scope ON saved_search (frequency, scope)
""",
    r"""
CREATE TABLE sign_in (
    user_id UUID NOT NULL, 
    token_hash BYTEA NOT NULL, 
    started_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    user_agent VARCHAR(200) NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_sign_in PRIMARY KEY (id), 
    CONSTRAINT fk_sign_in_user_id_person FOREIGN KEY(user_id) REFERENCES person (id), 
    CONSTRAINT uq_sign_in_token_hash UNIQUE (token_hash)
)
""",
    r"""
CREATE INDEX ix_sign_in_user_id ON sign_in (user_id)
""",
    r"""
CREATE TABLE split_policy (
    organization_id UUID NOT NULL, 
    inventors_bp INTEGER NOT NULL, 
    staff_bp INTEGER NOT NULL, 
    college_bp INTEGER NOT NULL, 
    university_bp INTEGER NOT NULL, 
    source VARCHAR(300) NOT NULL, 
    adopted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    adopted_by UUID, 
    id UUID NOT NULL, 
    CONSTRAINT pk_split_policy PRIMARY KEY (id), 
    CONSTRAINT policy_shares_out_the_whole CHECK (inventors_bp + staff_bp + college_bp + university_bp = 10000), 
    CONSTRAINT policy_shares_not_negative CHECK (least(inventors_bp, staff_bp, college_bp, university_bp) >= 0), 
    CONSTRAINT policy_has_a_source CHECK (source <> ''), 
    CONSTRAINT fk_split_policy_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_split_policy_adopted_by_person FOREIGN KEY(adopted_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_split_policy_organization_id_adopted_at ON split_policy (organization_id, adopted_at)
""",
    r"""
CREATE TRIGGER split_policy_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON split_policy FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE answer (
    need_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    created_by UUID NOT NULL, 
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    trl INTEGER, 
    statement TEXT NOT NULL, 
    next_step TEXT NOT NULL, 
    listing_id UUID, 
    offer TEXT NOT NULL, 
    gains JSONB NOT NULL, 
    price_idea VARCHAR(200) NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    shortlisted_at TIMESTAMP WITH TIME ZONE, 
    reacted_at TIMESTAMP WITH TIME ZONE, 
    reaction_days INTEGER, 
    reminded_at TIMESTAMP WITH TIME ZONE, 
    decline_reason VARCHAR(40), 
    decline_note TEXT NOT NULL, 
    outcome_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_answer PRIMARY KEY (id), 
    CONSTRAINT answer_trl_on_scale CHECK (trl BETWEEN 1 AND 9), 
    CONSTRAINT answer_offers_something CHECK (listing_id IS NOT NULL OR offer <> ''), 
    CONSTRAINT answer_statement_is_short CHECK (char_length(statement) <= 2000), 
    CONSTRAINT declined_with_a_reason CHECK ((status = 'declined') = (decline_reason IS NOT NULL)), 
    CONSTRAINT other_reason_has_a_text CHECK (decline_reason <> 'other' OR decline_note <> ''), 
    CONSTRAINT outcome_is_dated CHECK ((status IN ('chosen', 'declined', 'withdrawn', 'need_closed')) = (outcome_at IS NOT NULL)), 
    CONSTRAINT reaction_is_measured CHECK ((reacted_at IS NULL) = (reaction_days IS NULL)), 
    CONSTRAINT reaction_follows_answer CHECK (reacted_at >= sent_at), 
    CONSTRAINT fk_answer_need_id_need FOREIGN KEY(need_id) REFERENCES need (id), 
    CONSTRAINT fk_answer_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_answer_created_by_person FOREIGN KEY(created_by) REFERENCES person (id), 
    CONSTRAINT answerstatus_status CHECK (status IN ('sent', 'shortlisted', 'asked', 'replied', 'chosen', 'declined', 'withdrawn', 'need_closed')), 
    CONSTRAINT declinereason_decline_reason CHECK (decline_reason IN ('too_early', 'gain_unclear', 'route_unclear', 'vague', 'scientific_doubt', 'cost', 'timing', 'other'))
)
""",
    r"""
CREATE INDEX ix_answer_need_id_status ON answer (need_id, status)
""",
    r"""
CREATE INDEX ix_answer_organization_id ON answer (organization_id)
""",
    r"""
CREATE UNIQUE INDEX one_answer_per_listing ON answer (need_id, organization_id, listing_id) WHERE listing_id IS NOT NULL AND status <> 'withdrawn'
""",
    r"""
CREATE TABLE bank_slip (
    payment_id UUID NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    paid_on DATE NOT NULL, 
    bank_reference VARCHAR(100) NOT NULL, 
    recorded_by UUID NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    attachment_id UUID, 
    state VARCHAR(40) NOT NULL, 
    judged_by UUID, 
    judged_at TIMESTAMP WITH TIME ZONE, 
    reason VARCHAR(500) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_bank_slip PRIMARY KEY (id), 
    CONSTRAINT bank_slip_has_an_amount CHECK (amount_minor > 0), 
    CONSTRAINT bank_slip_refused_with_a_reason CHECK (state <> 'slip_refused' OR reason <> ''), 
    CONSTRAINT bank_slip_once UNIQUE (payment_id, bank_reference), 
    CONSTRAINT fk_bank_slip_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id), 
    CONSTRAINT fk_bank_slip_recorded_by_person FOREIGN KEY(recorded_by) REFERENCES person (id), 
    CONSTRAINT fk_bank_slip_attachment_id_attachment FOREIGN KEY(attachment_id) REFERENCES attachment (id), 
    CONSTRAINT slipstate_state CHECK (state IN ('slip_waiting', 'slip_confirmed', 'slip_refused')), 
    CONSTRAINT fk_bank_slip_judged_by_person FOREIGN KEY(judged_by) REFERENCES person (id)
)
""",
    r"""
CREATE UNIQUE INDEX one_waiting_slip_per_payment ON bank_slip (payment_id) WHERE state = 'slip_waiting'
""",
    r"""
CREATE TABLE collection_item (
    collection_id UUID NOT NULL, 
    added_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    listing_id UUID, 
    need_id UUID, 
    note TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_collection_item PRIMARY KEY (id), 
    CONSTRAINT item_is_one_record CHECK (num_nonnulls(listing_id, need_id) = 1), 
    CONSTRAINT listing_collected_once UNIQUE (collection_id, listing_id), 
    CONSTRAINT need_collected_once UNIQUE (collection_id, need_id), 
    CONSTRAINT fk_collection_item_collection_id_collection FOREIGN KEY(collection_id) REFERENCES collection (id) ON DELETE CASCADE, 
    CONSTRAINT fk_collection_item_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id) ON DELETE CASCADE, 
    CONSTRAINT fk_collection_item_need_id_need FOREIGN KEY(need_id) REFERENCES need (id) ON DELETE CASCADE
)
""",
    r"""
CREATE INDEX ix_collection_item_listing_id ON collection_item (listing_id)
""",
    r"""
CREATE INDEX ix_collection_item_need_id ON collection_item (need_id)
""",
    r"""
CREATE TABLE dispute (
    payment_id UUID NOT NULL, 
    stripe_id VARCHAR(255) NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    fee_minor BIGINT NOT NULL, 
    reason VARCHAR(100) NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    answer_by TIMESTAMP WITH TIME ZONE, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_dispute PRIMARY KEY (id), 
    CONSTRAINT fk_dispute_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id), 
    CONSTRAINT uq_dispute_stripe_id UNIQUE (stripe_id), 
    CONSTRAINT disputestate_state CHECK (state IN ('dispute_open', 'dispute_won', 'dispute_lost'))
)
""",
    r"""
CREATE INDEX ix_dispute_payment_id ON dispute (payment_id)
""",
    r"""
CREATE INDEX ix_dispute_state ON dispute (state)
""",
    r"""
CREATE TABLE enquiry (
    listing_id UUID NOT NULL, 
    owner_id UUID NOT NULL, 
    sender_organization_id UUID NOT NULL, 
    sender_id UUID NOT NULL, 
    message TEXT NOT NULL, 
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    due_on DATE NOT NULL, 
    shares_contact BOOLEAN NOT NULL, 
    owner_shares_contact BOOLEAN NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    reply TEXT NOT NULL, 
    decline_reason VARCHAR(40), 
    replied_by UUID, 
    replied_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_enquiry PRIMARY KEY (id), 
    CONSTRAINT declined_with_a_reason CHECK (status <> 'declined' OR decline_reason IS NOT NULL), 
    CONSTRAINT reply_is_dated CHECK ((status = 'open') = (replied_at IS NULL)), 
    CONSTRAINT fk_enquiry_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id), 
    CONSTRAINT fk_enquiry_owner_id_organization FOREIGN KEY(owner_id) REFERENCES organization (id), 
    CONSTRAINT fk_enquiry_sender_organization_id_organization FOREIGN KEY(sender_organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_enquiry_sender_id_person FOREIGN KEY(sender_id) REFERENCES person (id), 
    CONSTRAINT enquirystatus_status CHECK (status IN ('open', 'answered', 'declined')), 
    CONSTRAINT declinereason_decline_reason CHECK (decline_reason IN ('taken', 'unclear', 'terms', 'field', 'capacity', 'other')), 
    CONSTRAINT fk_enquiry_replied_by_person FOREIGN KEY(replied_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_enquiry_listing_id ON enquiry (listing_id)
""",
    r"""
CREATE INDEX ix_enquiry_owner_id_status ON enquiry (owner_id, status)
""",
    r"""
CREATE INDEX ix_enquiry_sender_organization_id ON enquiry (sender_organization_id)
""",
    r"""
CREATE UNIQUE INDEX one_open_enquiry ON enquiry (listing_id, sender_organization_id) WHERE status = 'open'
""",
    r"""
CREATE TABLE facility (
    kind VARCHAR(40) NOT NULL, 
    name VARCHAR(120) NOT NULL, 
    external_id VARCHAR(100), 
    status VARCHAR(40) NOT NULL, 
    name_en VARCHAR(200) NOT NULL, 
    summary TEXT NOT NULL, 
    summary_en TEXT NOT NULL, 
    about TEXT NOT NULL, 
    about_en TEXT NOT NULL, 
    keywords JSONB NOT NULL, 
    field_codes JSONB NOT NULL, 
    industry_codes JSONB NOT NULL, 
    district_code VARCHAR(12), 
    address VARCHAR(200) NOT NULL, 
    address_en VARCHAR(300) NOT NULL, 
    contact_name VARCHAR(80) NOT NULL, 
    contact_phone VARCHAR(40) NOT NULL, 
    contact_email VARCHAR(200) NOT NULL, 
    contact_public BOOLEAN NOT NULL, 
    filing_level VARCHAR(40), 
    filing_number VARCHAR(80) NOT NULL, 
    filed_on DATE, 
    filing_proof_id UUID, 
    trl_from INTEGER, 
    trl_to INTEGER, 
    services JSONB NOT NULL, 
    verifications JSONB NOT NULL, 
    capabilities JSONB NOT NULL, 
    safety_limits JSONB NOT NULL, 
    certificates JSONB NOT NULL, 
    people JSONB NOT NULL, 
    photos JSONB NOT NULL, 
    hours JSONB NOT NULL, 
    closures JSONB NOT NULL, 
    follows_holidays BOOLEAN NOT NULL, 
    next_free_on DATE, 
    price_minor BIGINT, 
    price_max_minor BIGINT, 
    suspended_reason TEXT NOT NULL, 
    withdrawn_reason TEXT NOT NULL, 
    recommendation VARCHAR(40), 
    recommended_by UUID, 
    recommended_at TIMESTAMP WITH TIME ZONE, 
    recommendation_note TEXT NOT NULL, 
    filing_reason TEXT NOT NULL, 
    organization_id UUID NOT NULL, 
    pending JSONB, 
    pending_submitted_at TIMESTAMP WITH TIME ZONE, 
    created_by UUID, 
    edited_by UUID, 
    submitted_at TIMESTAMP WITH TIME ZONE, 
    published_at TIMESTAMP WITH TIME ZONE, 
    reviewed_by UUID, 
    return_reason TEXT NOT NULL, 
    touched_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_facility PRIMARY KEY (id), 
    CONSTRAINT facility_steps_in_order CHECK (trl_from IS NULL OR trl_to IS NULL OR (trl_from >= 1 AND trl_to <= 9 AND trl_from <= trl_to)), 
    CONSTRAINT published_facility_is_dated CHECK (status <> 'published' OR published_at IS NOT NULL), 
    CONSTRAINT returned_facility_has_a_reason CHECK (status <> 'returned' OR return_reason <> ''), 
    CONSTRAINT suspended_facility_has_a_reason CHECK (status <> 'suspended' OR suspended_reason <> ''), 
    CONSTRAINT filing_has_level_and_date CHECK (filing_number = '' OR (filing_level IS NOT NULL AND filed_on IS NOT NULL)), 
    CONSTRAINT recommendation_is_dated CHECK ((recommendation IS NULL) = (recommended_at IS NULL)), 
    CONSTRAINT facility_prices_in_order CHECK (price_max_minor IS NULL OR price_max_minor >= price_minor), 
    CONSTRAINT facility_external_id_taken UNIQUE (organization_id, external_id), 
    CONSTRAINT facilitykind_kind CHECK (kind IN ('concept_center', 'pilot_platform', 'laboratory', 'office')), 
    CONSTRAINT facilitystatus_status CHECK (status IN ('draft', 'under_review', 'returned', 'published', 'suspended', 'withdrawn')), 
    CONSTRAINT filinglevel_filing_level CHECK (filing_level IN ('city', 'province', 'national')), 
    CONSTRAINT fk_facility_filing_proof_id_attachment FOREIGN KEY(filing_proof_id) REFERENCES attachment (id), 
    CONSTRAINT recommendation_recommendation CHECK (recommendation IN ('recommended', 'not_recommended')), 
    CONSTRAINT fk_facility_recommended_by_person FOREIGN KEY(recommended_by) REFERENCES person (id), 
    CONSTRAINT fk_facility_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_facility_created_by_person FOREIGN KEY(created_by) REFERENCES person (id), 
    CONSTRAINT fk_facility_edited_by_person FOREIGN KEY(edited_by) REFERENCES person (id), 
    CONSTRAINT fk_facility_reviewed_by_person FOREIGN KEY(reviewed_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_facility_organization_id_status ON facility (organization_id, status)
""",
    r"""
CREATE INDEX ix_facility_pending_submitted_at ON facility (pending_submitted_at) WHERE pending_submitted_at IS NOT NULL
""",
    r"""
CREATE INDEX ix_facility_status_kind_filing_level ON facility (status, kind, filing_level)
""",
    r"""
CREATE UNIQUE INDEX one_facility_per_filing_number ON facility (filing_level, filing_number) WHERE filing_number <> '' AND status <> 'withdrawn'
""",
    r"""
CREATE TABLE import_failed_row (
    import_id UUID NOT NULL, 
    number BIGINT NOT NULL, 
    faults JSONB NOT NULL, 
    CONSTRAINT pk_import_failed_row PRIMARY KEY (import_id, number), 
    CONSTRAINT fk_import_failed_row_import_id_file_import FOREIGN KEY(import_id) REFERENCES file_import (id) ON DELETE CASCADE
)
""",
    r"""
CREATE TABLE introduction (
    manager_id UUID NOT NULL, 
    licensor_id UUID NOT NULL, 
    licensee_id UUID NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    introduced_by UUID NOT NULL, 
    listing_id UUID, 
    need_id UUID, 
    note TEXT NOT NULL, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_introduction PRIMARY KEY (id), 
    CONSTRAINT introduction_names_a_record CHECK (listing_id IS NOT NULL OR need_id IS NOT NULL), 
    CONSTRAINT introduction_of_two CHECK (licensor_id <> licensee_id), 
    CONSTRAINT fk_introduction_manager_id_manager_profile FOREIGN KEY(manager_id) REFERENCES manager_profile (id), 
    CONSTRAINT fk_introduction_licensor_id_organization FOREIGN KEY(licensor_id) REFERENCES organization (id), 
    CONSTRAINT fk_introduction_licensee_id_organization FOREIGN KEY(licensee_id) REFERENCES organization (id), 
    CONSTRAINT fk_introduction_introduced_by_person FOREIGN KEY(introduced_by) REFERENCES person (id)
)
""",
    r"""
CREATE UNIQUE INDEX first_introduction_to_listing ON introduction (licensor_id, licensee_id, listing_id) WHERE listing_id IS NOT NULL
""",
    r"""
CREATE UNIQUE INDEX first_introduction_to_need ON introduction (licensor_id, licensee_id, need_id) WHERE need_id IS NOT NULL
""",
    r"""
CREATE INDEX ix_introduction_licensee_id ON introduction (licensee_id)
""",
    r"""
CREATE INDEX ix_introduction_manager_id ON introduction (manager_id)
""",
    r"""
CREATE TRIGGER introduction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON introduction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE invoice (
    payment_id UUID NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    title VARCHAR(120) NOT NULL, 
    tax_number VARCHAR(20) NOT NULL, 
    asked_by UUID NOT NULL, 
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    address VARCHAR(200) NOT NULL, 
    phone VARCHAR(40) NOT NULL, 
    bank_name VARCHAR(120) NOT NULL, 
    bank_account VARCHAR(40) NOT NULL, 
    email VARCHAR(254) NOT NULL, 
    invoice_number VARCHAR(40) NOT NULL, 
    issued_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_invoice PRIMARY KEY (id), 
    CONSTRAINT invoice_special_is_complete CHECK (kind <> 'special' OR (address <> '' AND phone <> '' AND bank_name <> '' AND bank_account <> '')), 
    CONSTRAINT uq_invoice_payment_id UNIQUE (payment_id), 
    CONSTRAINT fk_invoice_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id), 
    CONSTRAINT invoicekind_kind CHECK (kind IN ('ordinary', 'special')), 
    CONSTRAINT fk_invoice_asked_by_person FOREIGN KEY(asked_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE ip_right (
    listing_id UUID NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    number VARCHAR(60) NOT NULL, 
    title TEXT NOT NULL, 
    applicant TEXT NOT NULL, 
    filed_on DATE, 
    granted_on DATE, 
    expires_on DATE, 
    legal_status VARCHAR(40), 
    renewal_due_on DATE, 
    position INTEGER NOT NULL, 
    living BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_ip_right PRIMARY KEY (id), 
    CONSTRAINT right_granted_after_filing CHECK (granted_on IS NULL OR filed_on IS NULL OR granted_on >= filed_on), 
    CONSTRAINT fk_ip_right_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id) ON DELETE CASCADE, 
    CONSTRAINT iprightkind_kind CHECK (kind IN ('invention_patent', 'utility_model', 'design', 'software', 'plant_variety', 'layout_design', 'know_how')), 
    CONSTRAINT legalstatus_legal_status CHECK (legal_status IN ('applied', 'published', 'granted', 'lapsed', 'refused'))
)
""",
    r"""
CREATE INDEX ix_ip_right_listing_id ON ip_right (listing_id)
""",
    r"""
CREATE UNIQUE INDEX one_listing_per_right ON ip_right (kind, number) WHERE number <> '' AND living
""",
    r"""
CREATE TABLE listing_revision (
    listing_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    content JSONB NOT NULL, 
    reviewed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    reviewed_by UUID, 
    edited_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_listing_revision PRIMARY KEY (id), 
    CONSTRAINT one_revision_per_number UNIQUE (listing_id, number), 
    CONSTRAINT fk_listing_revision_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id) ON DELETE CASCADE, 
    CONSTRAINT fk_listing_revision_reviewed_by_person FOREIGN KEY(reviewed_by) REFERENCES person (id), 
    CONSTRAINT fk_listing_revision_edited_by_person FOREIGN KEY(edited_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE listing_views (
    listing_id UUID NOT NULL, 
    "on" DATE NOT NULL, 
    count INTEGER NOT NULL, 
    CONSTRAINT pk_listing_views PRIMARY KEY (listing_id, "on"), 
    CONSTRAINT fk_listing_views_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id) ON DELETE CASCADE
)
""",
    r"""
CREATE TABLE manager_credential (
    manager_id UUID NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    number VARCHAR(60) NOT NULL, 
    issuer VARCHAR(120) NOT NULL, 
    issued_on DATE NOT NULL, 
    expires_on DATE, 
    checked_at TIMESTAMP WITH TIME ZONE, 
    checked_by UUID, 
    refused_at TIMESTAMP WITH TIME ZONE, 
    refuse_reason TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_manager_credential PRIMARY KEY (id), 
    CONSTRAINT one_credential_per_number UNIQUE (manager_id, kind, number), 
    CONSTRAINT credential_is_named CHECK (number <> '' AND issuer <> ''), 
    CONSTRAINT credential_dates_in_order CHECK (expires_on >= issued_on), 
    CONSTRAINT credential_judged_one_way CHECK (checked_at IS NULL OR refused_at IS NULL), 
    CONSTRAINT credential_refused_with_a_reason CHECK ((refused_at IS NULL) = (refuse_reason = '')), 
    CONSTRAINT fk_manager_credential_manager_id_manager_profile FOREIGN KEY(manager_id) REFERENCES manager_profile (id), 
    CONSTRAINT credentialkind_kind CHECK (kind IN ('training', 'assessment', 'title', 'patent_agent', 'other')), 
    CONSTRAINT fk_manager_credential_checked_by_person FOREIGN KEY(checked_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE manager_rating (
    manager_id UUID NOT NULL, 
    deal_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    stars INTEGER NOT NULL, 
    text TEXT NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    rated_by UUID NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_manager_rating PRIMARY KEY (id), 
    CONSTRAINT one_rating_per_side UNIQUE (deal_id, organization_id), 
    CONSTRAINT stars_on_scale CHECK (stars BETWEEN 1 AND 5), 
    CONSTRAINT fk_manager_rating_manager_id_manager_profile FOREIGN KEY(manager_id) REFERENCES manager_profile (id), 
    CONSTRAINT fk_manager_rating_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_manager_rating_rated_by_person FOREIGN KEY(rated_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_manager_rating_manager_id_at ON manager_rating (manager_id, at)
""",
    r"""
CREATE TRIGGER manager_rating_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON manager_rating FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE mandate (
    manager_id UUID NOT NULL, 
    client_organization_id UUID NOT NULL, 
    starts_on DATE NOT NULL, 
    ends_on DATE NOT NULL, 
    tail_days INTEGER NOT NULL, 
    payer VARCHAR(40) NOT NULL, 
    other_organization_id UUID, 
    success_fee_bp INTEGER NOT NULL, 
    fixed_fee_minor BIGINT NOT NULL, 
    floor_minor BIGINT NOT NULL, 
    cap_minor BIGINT, 
    costs_cap_minor BIGINT NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    exclusive BOOLEAN NOT NULL, 
    note TEXT NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    created_by UUID, 
    from_manager BOOLEAN NOT NULL, 
    offered_at TIMESTAMP WITH TIME ZONE, 
    signed_at TIMESTAMP WITH TIME ZONE, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    reason TEXT NOT NULL, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_mandate PRIMARY KEY (id), 
    CONSTRAINT success_fee_up_to_half CHECK (success_fee_bp BETWEEN 0 AND 5000), 
    CONSTRAINT mandate_fees_not_negative CHECK (fixed_fee_minor >= 0 AND floor_minor >= 0 AND costs_cap_minor >= 0), 
    CONSTRAINT mandate_names_a_fee CHECK (success_fee_bp > 0 OR fixed_fee_minor > 0 OR floor_minor > 0), 
    CONSTRAINT cap_above_floor CHECK (cap_minor > 0 AND cap_minor >= floor_minor), 
    CONSTRAINT mandate_dates_in_order CHECK (ends_on >= starts_on), 
    CONSTRAINT tail_up_to_three_years CHECK (tail_days BETWEEN 0 AND 1095), 
    CONSTRAINT client_is_not_the_other_side CHECK (other_organization_id <> client_organization_id), 
    CONSTRAINT offered_mandate_is_dated CHECK (status NOT IN ('offered', 'signed') OR offered_at IS NOT NULL), 
    CONSTRAINT signed_mandate_is_dated CHECK (status <> 'signed' OR signed_at IS NOT NULL), 
    CONSTRAINT mandate_end_is_dated CHECK ((status IN ('ended', 'declined')) = (ended_at IS NOT NULL)), 
    CONSTRAINT fk_mandate_manager_id_manager_profile FOREIGN KEY(manager_id) REFERENCES manager_profile (id), 
    CONSTRAINT fk_mandate_client_organization_id_organization FOREIGN KEY(client_organization_id) REFERENCES organization (id), 
    CONSTRAINT feepayer_payer CHECK (payer IN ('client', 'other', 'shared')), 
    CONSTRAINT fk_mandate_other_organization_id_organization FOREIGN KEY(other_organization_id) REFERENCES organization (id), 
    CONSTRAINT mandatestatus_status CHECK (status IN ('draft', 'offered', 'signed', 'ended', 'declined')), 
    CONSTRAINT fk_mandate_created_by_person FOREIGN KEY(created_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_mandate_client_organization_id ON mandate (client_organization_id)
""",
    r"""
CREATE INDEX ix_mandate_manager_id_status ON mandate (manager_id, status)
""",
    r"""
CREATE TABLE match (
    need_id UUID NOT NULL, 
    listing_id UUID NOT NULL, 
    weights_id UUID NOT NULL, 
    score DOUBLE PRECISION NOT NULL, 
    ranks JSONB NOT NULL, 
    reasons JSONB NOT NULL, 
    made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    for_need BOOLEAN NOT NULL, 
    for_listing BOOLEAN NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    seen_at TIMESTAMP WITH TIME ZONE, 
    contacted_at TIMESTAMP WITH TIME ZONE, 
    answered_at TIMESTAMP WITH TIME ZONE, 
    met_at TIMESTAMP WITH TIME ZONE, 
    invited_at TIMESTAMP WITH TIME ZONE, 
    invited_by UUID, 
    judged BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_match PRIMARY KEY (id), 
    CONSTRAINT match_score_is_a_share CHECK (score BETWEEN 0 AND 1), 
    CONSTRAINT gone_is_found_from_no_side CHECK ((state = 'gone') = (NOT for_need AND NOT for_listing) OR state = 'superseded'), 
    CONSTRAINT match_stages_in_order CHECK ((contacted_at IS NULL OR seen_at IS NOT NULL) AND (answered_at IS NULL OR contacted_at IS NOT NULL) AND (met_at IS NULL OR answered_at IS NOT NULL)), 
    CONSTRAINT fk_match_need_id_need FOREIGN KEY(need_id) REFERENCES need (id) ON DELETE CASCADE, 
    CONSTRAINT fk_match_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id) ON DELETE CASCADE, 
    CONSTRAINT fk_match_weights_id_match_weights FOREIGN KEY(weights_id) REFERENCES match_weights (id), 
    CONSTRAINT matchstate_state CHECK (state IN ('current', 'gone', 'superseded')), 
    CONSTRAINT fk_match_invited_by_person FOREIGN KEY(invited_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_match_listing_id ON match (listing_id)
""",
    r"""
CREATE INDEX ix_match_made_at ON match (made_at)
""",
    r"""
CREATE UNIQUE INDEX one_living_match_per_pair ON match (need_id, listing_id) WHERE state <> 'superseded'
""",
    r"""
CREATE TABLE match_mute (
    organization_id UUID NOT NULL, 
    muted_by UUID NOT NULL, 
    muted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    need_id UUID, 
    listing_id UUID, 
    muted_organization_id UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_match_mute PRIMARY KEY (id), 
    CONSTRAINT mute_names_a_pair_or_an_organization CHECK ((need_id IS NULL) = (listing_id IS NULL) AND (need_id IS NULL) <> (muted_organization_id IS NULL)), 
    CONSTRAINT nobody_mutes_oneself CHECK (organization_id <> muted_organization_id), 
    CONSTRAINT one_mute_per_pair UNIQUE (organization_id, need_id, listing_id), 
    CONSTRAINT one_mute_per_organization UNIQUE (organization_id, muted_organization_id), 
    CONSTRAINT fk_match_mute_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_match_mute_muted_by_person FOREIGN KEY(muted_by) REFERENCES person (id), 
    CONSTRAINT fk_match_mute_need_id_need FOREIGN KEY(need_id) REFERENCES need (id) ON DELETE CASCADE, 
    CONSTRAINT fk_match_mute_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id) ON DELETE CASCADE, 
    CONSTRAINT fk_match_mute_muted_organization_id_organization FOREIGN KEY(muted_organization_id) REFERENCES organization (id)
)
""",
    r"""
CREATE TABLE need_consent (
    need_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    granted_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    granted_by UUID NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_need_consent PRIMARY KEY (id), 
    CONSTRAINT one_consent_per_organization UNIQUE (need_id, organization_id), 
    CONSTRAINT fk_need_consent_need_id_need FOREIGN KEY(need_id) REFERENCES need (id) ON DELETE CASCADE, 
    CONSTRAINT fk_need_consent_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_need_consent_granted_by_person FOREIGN KEY(granted_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE need_question (
    need_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    asked_by UUID NOT NULL, 
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    body TEXT NOT NULL, 
    reply TEXT NOT NULL, 
    replied_at TIMESTAMP WITH TIME ZONE, 
    replied_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_need_question PRIMARY KEY (id), 
    CONSTRAINT need_question_says_something CHECK (body <> ''), 
    CONSTRAINT need_reply_is_dated CHECK ((reply = '') = (replied_at IS NULL)), 
    CONSTRAINT fk_need_question_need_id_need FOREIGN KEY(need_id) REFERENCES need (id) ON DELETE CASCADE, 
    CONSTRAINT fk_need_question_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_need_question_asked_by_person FOREIGN KEY(asked_by) REFERENCES person (id), 
    CONSTRAINT fk_need_question_replied_by_person FOREIGN KEY(replied_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_need_question_need_id ON need_question (need_id)
""",
    r"""
CREATE TABLE need_revision (
    need_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    content JSONB NOT NULL, 
    reviewed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    reviewed_by UUID, 
    edited_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_need_revision PRIMARY KEY (id), 
    CONSTRAINT one_need_revision_per_number UNIQUE (need_id, number), 
    CONSTRAINT fk_need_revision_need_id_need FOREIGN KEY(need_id) REFERENCES need (id) ON DELETE CASCADE, 
    CONSTRAINT fk_need_revision_reviewed_by_person FOREIGN KEY(reviewed_by) REFERENCES person (id), 
    CONSTRAINT fk_need_revision_edited_by_person FOREIGN KEY(edited_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE paper_party (
    paper_id UUID NOT NULL, 
    position INTEGER NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    role_en VARCHAR(80) NOT NULL, 
    name VARCHAR(120) NOT NULL, 
    name_en VARCHAR(200) NOT NULL, 
    organization_id UUID, 
    person_id UUID, 
    code VARCHAR(40) NOT NULL, 
    address VARCHAR(200) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_paper_party PRIMARY KEY (id), 
    CONSTRAINT paper_party_position_once UNIQUE (paper_id, position), 
    CONSTRAINT paper_party_of_its_paper UNIQUE (id, paper_id), 
    CONSTRAINT paper_party_is_organization_or_person CHECK ((organization_id IS NULL) <> (person_id IS NULL)), 
    CONSTRAINT fk_paper_party_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id), 
    CONSTRAINT fk_paper_party_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_paper_party_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_paper_party_organization_id ON paper_party (organization_id)
""",
    r"""
CREATE INDEX ix_paper_party_person_id ON paper_party (person_id)
""",
    r"""
CREATE TRIGGER paper_party_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON paper_party FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE payment_event (
    payment_id UUID NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    message TEXT NOT NULL, 
    values JSONB NOT NULL, 
    person_id UUID, 
    id UUID NOT NULL, 
    CONSTRAINT pk_payment_event PRIMARY KEY (id), 
    CONSTRAINT fk_payment_event_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id), 
    CONSTRAINT fk_payment_event_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_payment_event_payment_id_at ON payment_event (payment_id, at)
""",
    r"""
CREATE TRIGGER payment_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE payout (
    number VARCHAR(20) NOT NULL, 
    payee_id UUID NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    provider VARCHAR(40) NOT NULL, 
    prepared_by UUID NOT NULL, 
    prepared_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    destination VARCHAR(300) NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    deducted_minor BIGINT NOT NULL, 
    approved_by UUID, 
    approved_at TIMESTAMP WITH TIME ZONE, 
    bank_reference VARCHAR(100) NOT NULL, 
    attachment_id UUID, 
    stripe_id VARCHAR(255), 
    paid_at TIMESTAMP WITH TIME ZONE, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    reason VARCHAR(500) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_payout PRIMARY KEY (id), 
    CONSTRAINT payout_pays_something CHECK (amount_minor > 0), 
    CONSTRAINT payout_needs_two_people CHECK (approved_by IS NULL OR approved_by <> prepared_by), 
    CONSTRAINT payout_is_approved_first CHECK (state NOT IN ('payout_approved', 'payout_sent', 'payout_paid') OR approved_by IS NOT NULL), 
    CONSTRAINT payout_paid_is_proven CHECK (state <> 'payout_paid' OR bank_reference <> '' OR stripe_id IS NOT NULL), 
    CONSTRAINT payout_ends_with_a_reason CHECK (state NOT IN ('payout_returned', 'payout_refused') OR reason <> ''), 
    CONSTRAINT uq_payout_number UNIQUE (number), 
    CONSTRAINT fk_payout_payee_id_organization FOREIGN KEY(payee_id) REFERENCES organization (id), 
    CONSTRAINT provider_provider CHECK (provider IN ('bank', 'stripe_connect')), 
    CONSTRAINT fk_payout_prepared_by_person FOREIGN KEY(prepared_by) REFERENCES person (id), 
    CONSTRAINT payoutstate_state CHECK (state IN ('payout_prepared', 'payout_approved', 'payout_sent', 'payout_paid', 'payout_returned', 'payout_refused')), 
    CONSTRAINT fk_payout_approved_by_person FOREIGN KEY(approved_by) REFERENCES person (id), 
    CONSTRAINT fk_payout_attachment_id_attachment FOREIGN KEY(attachment_id) REFERENCES attachment (id), 
    CONSTRAINT uq_payout_stripe_id UNIQUE (stripe_id)
)
""",
    r"""
CREATE INDEX ix_payout_payee_id ON payout (payee_id)
""",
    r"""
CREATE INDEX ix_payout_state ON payout (state)
""",
    r"""
CREATE TABLE refund (
    payment_id UUID NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    reason VARCHAR(500) NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    requested_by UUID, 
    recalled_minor BIGINT NOT NULL, 
    entered BOOLEAN NOT NULL, 
    stripe_id VARCHAR(255), 
    bank_reference VARCHAR(100) NOT NULL, 
    failure VARCHAR(500) NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    settled_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_refund PRIMARY KEY (id), 
    CONSTRAINT refund_gives_something_back CHECK (amount_minor > 0), 
    CONSTRAINT refund_failure_has_a_reason CHECK (state <> 'failed' OR failure <> ''), 
    CONSTRAINT fk_refund_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id), 
    CONSTRAINT refundstate_state CHECK (state IN ('requested', 'pending', 'succeeded', 'failed', 'by_hand')), 
    CONSTRAINT fk_refund_requested_by_person FOREIGN KEY(requested_by) REFERENCES person (id), 
    CONSTRAINT uq_refund_stripe_id UNIQUE (stripe_id), 
    CONSTRAINT fk_refund_settled_by_person FOREIGN KEY(settled_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_refund_payment_id ON refund (payment_id)
""",
    r"""
CREATE INDEX ix_refund_state ON refund (state)
""",
    r"""
CREATE TABLE search_alert (
    saved_search_id UUID NOT NULL, 
    record_id UUID NOT NULL, 
    told_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_search_alert PRIMARY KEY (saved_search_id, record_id), 
    CONSTRAINT fk_search_alert_saved_search_id_saved_search FOREIGN KEY(saved_search_id) REFERENCES saved_search (id) ON DELETE CASCADE
)
""",
    r"""
CREATE TABLE stripe_event (
    id VARCHAR(255) NOT NULL, 
    type VARCHAR(100) NOT NULL, 
    made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    payload JSONB NOT NULL, 
    payment_id UUID, 
    processed_at TIMESTAMP WITH TIME ZONE, 
    attempts INTEGER NOT NULL, 
    error VARCHAR(1000) NOT NULL, 
    CONSTRAINT pk_stripe_event PRIMARY KEY (id), 
    CONSTRAINT fk_stripe_event_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id)
)
""",
    r"""
CREATE INDEX ix_stripe_event_received_at ON stripe_event (received_at) WHERE processed_at IS NULL
""",
    r"""
CREATE TABLE trl_evidence (
    listing_id UUID NOT NULL, 
    level INTEGER NOT NULL, 
    statement TEXT NOT NULL, 
    attachment_id UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_trl_evidence PRIMARY KEY (id), 
    CONSTRAINT evidence_level_on_scale CHECK (level BETWEEN 1 AND 9), 
    CONSTRAINT fk_trl_evidence_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id) ON DELETE CASCADE, 
    CONSTRAINT fk_trl_evidence_attachment_id_attachment FOREIGN KEY(attachment_id) REFERENCES attachment (id)
)
""",
    r"""
CREATE INDEX ix_trl_evidence_listing_id ON trl_evidence (listing_id)
""",
    r"""
CREATE TABLE answer_message (
    answer_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    from_owner BOOLEAN NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    body TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_answer_message PRIMARY KEY (id), 
    CONSTRAINT answer_message_says_something CHECK (body <> ''), 
    CONSTRAINT fk_answer_message_answer_id_answer FOREIGN KEY(answer_id) REFERENCES answer (id) ON DELETE CASCADE, 
    CONSTRAINT fk_answer_message_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_answer_message_answer_id_at ON answer_message (answer_id, at)
""",
    r"""
CREATE TABLE answer_score (
    answer_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    criterion VARCHAR(100) NOT NULL, 
    points INTEGER NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    note TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_answer_score PRIMARY KEY (id), 
    CONSTRAINT points_on_scale CHECK (points BETWEEN 0 AND 5), 
    CONSTRAINT one_score_per_criterion UNIQUE (answer_id, person_id, criterion), 
    CONSTRAINT fk_answer_score_answer_id_answer FOREIGN KEY(answer_id) REFERENCES answer (id) ON DELETE CASCADE, 
    CONSTRAINT fk_answer_score_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE calendar_feed (
    token_hash BYTEA NOT NULL, 
    made_by UUID NOT NULL, 
    person_id UUID, 
    facility_id UUID, 
    language VARCHAR(2) NOT NULL, 
    revoked_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_calendar_feed PRIMARY KEY (id), 
    CONSTRAINT feed_is_of_one_thing CHECK ((person_id IS NULL) <> (facility_id IS NULL)), 
    CONSTRAINT uq_calendar_feed_token_hash UNIQUE (token_hash), 
    CONSTRAINT fk_calendar_feed_made_by_person FOREIGN KEY(made_by) REFERENCES person (id), 
    CONSTRAINT fk_calendar_feed_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT fk_calendar_feed_facility_id_facility FOREIGN KEY(facility_id) REFERENCES facility (id)
)
""",
    r"""
CREATE UNIQUE INDEX one_feed_per_facility ON calendar_feed (facility_id) WHERE revoked_at IS NULL AND facility_id IS NOT NULL
""",
    r"""
CREATE UNIQUE INDEX one_feed_per_person ON calendar_feed (person_id) WHERE revoked_at IS NULL AND person_id IS NOT NULL
""",
    r"""
CREATE TABLE deal (
    title VARCHAR(200) NOT NULL, 
    licensor_id UUID NOT NULL, 
    licensee_id UUID NOT NULL, 
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    stage_since TIMESTAMP WITH TIME ZONE NOT NULL, 
    touched_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    number BIGINT GENERATED BY DEFAULT AS IDENTITY, 
    title_en VARCHAR(300) NOT NULL, 
    stage VARCHAR(40) NOT NULL, 
    opened_by UUID, 
    origin VARCHAR(40) NOT NULL, 
    match_id UUID, 
    answer_id UUID, 
    enquiry_id UUID, 
    listing_id UUID, 
    need_id UUID, 
    manager_id UUID, 
    manager_person_id UUID, 
    manager_invited_by UUID, 
    manager_accepted_at TIMESTAMP WITH TIME ZONE, 
    licensee_hidden BOOLEAN NOT NULL, 
    value_minor BIGINT, 
    currency VARCHAR(3) NOT NULL, 
    next_step VARCHAR(300) NOT NULL, 
    next_on DATE, 
    confidential_at TIMESTAMP WITH TIME ZONE, 
    lapse_reason VARCHAR(40), 
    lapse_note TEXT NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_deal PRIMARY KEY (id), 
    CONSTRAINT one_deal_per_number UNIQUE (number), 
    CONSTRAINT deal_between_two CHECK (licensor_id <> licensee_id), 
    CONSTRAINT deal_names_a_record CHECK (listing_id IS NOT NULL OR need_id IS NOT NULL), 
    CONSTRAINT deal_has_one_origin CHECK (num_nonnulls(match_id, answer_id, enquiry_id) = 1), 
    CONSTRAINT lapsed_deal_has_a_reason CHECK ((stage = 'lapsed') = (lapse_reason IS NOT NULL)), 
    CONSTRAINT other_lapse_has_a_text CHECK (lapse_reason <> 'other' OR lapse_note <> ''), 
    CONSTRAINT ended_deal_is_dated CHECK ((stage IN ('closed', 'lapsed')) = (ended_at IS NOT NULL)), 
    CONSTRAINT deal_value_not_negative CHECK (value_minor >= 0), 
    CONSTRAINT accepting_manager_known CHECK (manager_accepted_at IS NULL OR manager_id IS NOT NULL), 
    CONSTRAINT deal_manager_is_a_person CHECK ((manager_id IS NULL) = (manager_person_id IS NULL)), 
    CONSTRAINT fk_deal_licensor_id_organization FOREIGN KEY(licensor_id) REFERENCES organization (id), 
    CONSTRAINT fk_deal_licensee_id_organization FOREIGN KEY(licensee_id) REFERENCES organization (id), 
    CONSTRAINT dealstage_stage CHECK (stage IN ('inquiry', 'confidentiality', 'due_diligence', 'terms', 'notice', 'signed', 'performing', 'closed', 'lapsed')), 
    CONSTRAINT fk_deal_opened_by_person FOREIGN KEY(opened_by) REFERENCES person (id), 
    CONSTRAINT dealorigin_origin CHECK (origin IN ('match', 'answer', 'enquiry')), 
    CONSTRAINT fk_deal_match_id_match FOREIGN KEY(match_id) REFERENCES match (id), 
    CONSTRAINT fk_deal_answer_id_answer FOREIGN KEY(answer_id) REFERENCES answer (id), 
    CONSTRAINT fk_deal_enquiry_id_enquiry FOREIGN KEY(enquiry_id) REFERENCES enquiry (id), 
    CONSTRAINT fk_deal_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id), 
    CONSTRAINT fk_deal_need_id_need FOREIGN KEY(need_id) REFERENCES need (id), 
    CONSTRAINT fk_deal_manager_id_manager_profile FOREIGN KEY(manager_id) REFERENCES manager_profile (id), 
    CONSTRAINT fk_deal_manager_person_id_person FOREIGN KEY(manager_person_id) REFERENCES person (id), 
    CONSTRAINT fk_deal_manager_invited_by_organization FOREIGN KEY(manager_invited_by) REFERENCES organization (id), 
    CONSTRAINT lapsereason_lapse_reason CHECK (lapse_reason IN ('price', 'terms', 'too_early', 'no_fit', 'other_solution', 'no_budget', 'silent', 'objection', 'terminated', 'other'))
)
""",
    r"""
CREATE INDEX deals_by_value ON deal (value_minor DESC NULLS LAST, id)
""",
    r"""
CREATE INDEX ix_deal_licensee_id_stage_stage_since ON deal (licensee_id, stage, stage_since)
""",
    r"""
CREATE INDEX ix_deal_licensor_id_stage_stage_since ON deal (licensor_id, stage, stage_since)
""",
    r"""
CREATE INDEX ix_deal_listing_id_licensee_id ON deal (listing_id, licensee_id)
""",
    r"""
CREATE INDEX ix_deal_manager_person_id_stage_stage_since ON deal (manager_person_id, stage, stage_since)
""",
    r"""
CREATE INDEX ix_deal_need_id_licensor_id ON deal (need_id, licensor_id)
""",
    r"""
CREATE INDEX ix_deal_next_on ON deal (next_on) WHERE stage NOT IN ('closed', 'lapsed')
""",
    r"""
CREATE INDEX ix_deal_stage_stage_since ON deal (stage, stage_since)
""",
    r"""
CREATE INDEX ix_deal_touched_at ON deal (touched_at)
""",
    r"""
CREATE UNIQUE INDEX one_deal_per_answer ON deal (answer_id) WHERE answer_id IS NOT NULL AND stage <> 'lapsed'
""",
    r"""
CREATE UNIQUE INDEX one_deal_per_enquiry ON deal (enquiry_id) WHERE enquiry_id IS NOT NULL AND stage <> 'lapsed'
""",
    r"""
CREATE UNIQUE INDEX one_deal_per_match ON deal (match_id) WHERE match_id IS NOT NULL AND stage <> 'lapsed'
""",
    r"""
CREATE UNIQUE INDEX one_living_deal_per_pair ON deal (licensor_id, licensee_id, listing_id, need_id) NULLS NOT DISTINCT WHERE stage NOT IN ('closed', 'lapsed')
""",
    r"""
CREATE TABLE facility_question (
    facility_id UUID NOT NULL, 
    owner_id UUID NOT NULL, 
    sender_organization_id UUID NOT NULL, 
    sender_id UUID NOT NULL, 
    body TEXT NOT NULL, 
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    due_on DATE NOT NULL, 
    reply TEXT NOT NULL, 
    replied_at TIMESTAMP WITH TIME ZONE, 
    replied_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_facility_question PRIMARY KEY (id), 
    CONSTRAINT facility_reply_is_dated CHECK ((reply = '') = (replied_at IS NULL)), 
    CONSTRAINT facility_question_says_something CHECK (body <> ''), 
    CONSTRAINT fk_facility_question_facility_id_facility FOREIGN KEY(facility_id) REFERENCES facility (id), 
    CONSTRAINT fk_facility_question_owner_id_organization FOREIGN KEY(owner_id) REFERENCES organization (id), 
    CONSTRAINT fk_facility_question_sender_organization_id_organization FOREIGN KEY(sender_organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_facility_question_sender_id_person FOREIGN KEY(sender_id) REFERENCES person (id), 
    CONSTRAINT fk_facility_question_replied_by_person FOREIGN KEY(replied_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_facility_question_facility_id ON facility_question (facility_id)
""",
    r"""
CREATE INDEX ix_facility_question_owner_id_replied_at ON facility_question (owner_id, replied_at)
""",
    r"""
CREATE INDEX ix_facility_question_sender_organization_id ON facility_question (sender_organization_id)
""",
    r"""
CREATE TABLE facility_revision (
    facility_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    content JSONB NOT NULL, 
    reviewed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    reviewed_by UUID, 
    edited_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_facility_revision PRIMARY KEY (id), 
    CONSTRAINT one_facility_revision_per_number UNIQUE (facility_id, number), 
    CONSTRAINT fk_facility_revision_facility_id_facility FOREIGN KEY(facility_id) REFERENCES facility (id), 
    CONSTRAINT fk_facility_revision_reviewed_by_person FOREIGN KEY(reviewed_by) REFERENCES person (id), 
    CONSTRAINT fk_facility_revision_edited_by_person FOREIGN KEY(edited_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE instrument (
    facility_id UUID NOT NULL, 
    name VARCHAR(120) NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    name_en VARCHAR(200) NOT NULL, 
    model VARCHAR(120) NOT NULL, 
    maker VARCHAR(120) NOT NULL, 
    count INTEGER NOT NULL, 
    note TEXT NOT NULL, 
    bookable BOOLEAN NOT NULL, 
    needs_qualification BOOLEAN NOT NULL, 
    position INTEGER NOT NULL, 
    retired_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_instrument PRIMARY KEY (id), 
    CONSTRAINT instrument_count_is_positive CHECK (count BETWEEN 1 AND 10000), 
    CONSTRAINT fk_instrument_facility_id_facility FOREIGN KEY(facility_id) REFERENCES facility (id), 
    CONSTRAINT instrumentkind_kind CHECK (kind IN ('instrument', 'line', 'space'))
)
""",
    r"""
CREATE INDEX ix_instrument_facility_id ON instrument (facility_id)
""",
    r"""
CREATE TABLE manager_claim (
    manager_id UUID NOT NULL, 
    introduction_id UUID NOT NULL, 
    mandate_id UUID NOT NULL, 
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    facts JSONB NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_manager_claim PRIMARY KEY (id), 
    CONSTRAINT one_claim_per_contract UNIQUE (introduction_id, registered_at), 
    CONSTRAINT fk_manager_claim_manager_id_manager_profile FOREIGN KEY(manager_id) REFERENCES manager_profile (id), 
    CONSTRAINT fk_manager_claim_introduction_id_introduction FOREIGN KEY(introduction_id) REFERENCES introduction (id), 
    CONSTRAINT fk_manager_claim_mandate_id_mandate FOREIGN KEY(mandate_id) REFERENCES mandate (id)
)
""",
    r"""
CREATE INDEX ix_manager_claim_manager_id ON manager_claim (manager_id)
""",
    r"""
CREATE TRIGGER manager_claim_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON manager_claim FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE mandate_record (
    mandate_id UUID NOT NULL, 
    object_kind VARCHAR(40) NOT NULL, 
    object_id UUID NOT NULL, 
    during DATERANGE NOT NULL, 
    exclusive BOOLEAN NOT NULL, 
    active BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_mandate_record PRIMARY KEY (id), 
    CONSTRAINT one_line_per_mandate_record UNIQUE (mandate_id, object_kind, object_id), 
    CONSTRAINT one_exclusive_mandate_at_a_time EXCLUDE USING gist (object_kind WITH =, object_id WITH =, during WITH &&) WHERE (exclusive AND active), 
    CONSTRAINT fk_mandate_record_mandate_id_mandate FOREIGN KEY(mandate_id) REFERENCES mandate (id) ON DELETE CASCADE, 
    CONSTRAINT recordkind_object_kind CHECK (object_kind IN ('listing', 'need'))
)
""",
    r"""
CREATE INDEX ix_mandate_record_object_kind_object_id ON mandate_record (object_kind, object_id)
""",
    r"""
CREATE TABLE match_feedback (
    match_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    side VARCHAR(40) NOT NULL, 
    fits BOOLEAN NOT NULL, 
    given_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    reason VARCHAR(40), 
    note VARCHAR(500) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_match_feedback PRIMARY KEY (id), 
    CONSTRAINT one_word_per_person UNIQUE (match_id, person_id), 
    CONSTRAINT misfit_has_a_reason CHECK (fits = (reason IS NULL)), 
    CONSTRAINT other_misfit_has_a_text CHECK (reason <> 'other' OR note <> ''), 
    CONSTRAINT fk_match_feedback_match_id_match FOREIGN KEY(match_id) REFERENCES match (id) ON DELETE CASCADE, 
    CONSTRAINT fk_match_feedback_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT fk_match_feedback_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT side_side CHECK (side IN ('need', 'listing')), 
    CONSTRAINT misfitreason_reason CHECK (reason IN ('other_field', 'too_early', 'terms', 'place', 'known', 'other'))
)
""",
    r"""
CREATE INDEX ix_match_feedback_organization_id ON match_feedback (organization_id)
""",
    r"""
CREATE TABLE member_rate (
    facility_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    valid_until DATE NOT NULL, 
    added_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_member_rate PRIMARY KEY (id), 
    CONSTRAINT one_member_rate_per_organization UNIQUE (facility_id, organization_id), 
    CONSTRAINT fk_member_rate_facility_id_facility FOREIGN KEY(facility_id) REFERENCES facility (id), 
    CONSTRAINT fk_member_rate_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_member_rate_added_by_person FOREIGN KEY(added_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE need_event (
    need_id UUID NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    answer_id UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_need_event PRIMARY KEY (id), 
    CONSTRAINT event_names_its_answer CHECK ((answer_id IS NOT NULL) = (left(kind, 7) = 'answer_')), 
    CONSTRAINT fk_need_event_need_id_need FOREIGN KEY(need_id) REFERENCES need (id) ON DELETE CASCADE, 
    CONSTRAINT needeventkind_kind CHECK (kind IN ('opened', 'changed', 'talks_started', 'talks_ended', 'met', 'closed_unmet', 'expired', 'withdrawn', 'reopened', 'answer_sent', 'answer_shortlisted', 'answer_unlisted', 'answer_asked', 'answer_replied', 'answer_chosen', 'answer_declined', 'answer_withdrawn', 'answer_need_closed')), 
    CONSTRAINT fk_need_event_answer_id_answer FOREIGN KEY(answer_id) REFERENCES answer (id) ON DELETE CASCADE
)
""",
    r"""
CREATE INDEX ix_need_event_answer_id ON need_event (answer_id) WHERE answer_id IS NOT NULL
""",
    r"""
CREATE INDEX ix_need_event_need_id_at ON need_event (need_id, at)
""",
    r"""
CREATE TABLE signature (
    paper_id UUID NOT NULL, 
    party_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    name VARCHAR(80) NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    sha256 VARCHAR(64) NOT NULL, 
    attachment_id UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_signature PRIMARY KEY (id), 
    CONSTRAINT one_signature_per_party UNIQUE (party_id), 
    CONSTRAINT signature_by_a_party_of_the_paper FOREIGN KEY(party_id, paper_id) REFERENCES paper_party (id, paper_id), 
    CONSTRAINT signature_has_a_name CHECK (name <> ''), 
    CONSTRAINT signature_names_the_text CHECK (sha256 ~ '^[0-9a-f]{64}$'), 
    CONSTRAINT fk_signature_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id), 
    CONSTRAINT fk_signature_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT fk_signature_attachment_id_attachment FOREIGN KEY(attachment_id) REFERENCES attachment (id)
)
""",
    r"""
CREATE INDEX ix_signature_paper_id ON signature (paper_id)
""",
    r"""
CREATE TRIGGER signature_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signature FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE stripe_call (
    idempotency_key VARCHAR(200) NOT NULL, 
    operation VARCHAR(40) NOT NULL, 
    request JSONB NOT NULL, 
    request_hash VARCHAR(64) NOT NULL, 
    prepared_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    payment_id UUID, 
    refund_id UUID, 
    payout_id UUID, 
    account_id UUID, 
    state VARCHAR(40) NOT NULL, 
    response JSONB NOT NULL, 
    error VARCHAR(1000) NOT NULL, 
    tries INTEGER NOT NULL, 
    spent BOOLEAN NOT NULL, 
    renewed INTEGER NOT NULL, 
    sent_at TIMESTAMP WITH TIME ZONE, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_stripe_call PRIMARY KEY (id), 
    CONSTRAINT uq_stripe_call_idempotency_key UNIQUE (idempotency_key), 
    CONSTRAINT operation_operation CHECK (operation IN ('open_session', 'capture', 'refund', 'account', 'transfer')), 
    CONSTRAINT fk_stripe_call_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id), 
    CONSTRAINT fk_stripe_call_refund_id_refund FOREIGN KEY(refund_id) REFERENCES refund (id), 
    CONSTRAINT fk_stripe_call_payout_id_payout FOREIGN KEY(payout_id) REFERENCES payout (id), 
    CONSTRAINT fk_stripe_call_account_id_payee_account FOREIGN KEY(account_id) REFERENCES payee_account (id), 
    CONSTRAINT callstate_state CHECK (state IN ('prepared', 'sent_call', 'done_call', 'unknown', 'refused_call'))
)
""",
    r"""
CREATE INDEX ix_stripe_call_created_at ON stripe_call (created_at) WHERE state IN ('prepared', 'sent_call', 'unknown')
""",
    r"""
CREATE INDEX ix_stripe_call_payment_id ON stripe_call (payment_id)
""",
    r"""
CREATE TABLE transfer (
    payment_id UUID NOT NULL, 
    payee_id UUID NOT NULL, 
    reference VARCHAR(120) NOT NULL, 
    gross_minor BIGINT NOT NULL, 
    commission_minor BIGINT NOT NULL, 
    tax_minor BIGINT NOT NULL, 
    net_minor BIGINT NOT NULL, 
    due_minor BIGINT NOT NULL, 
    on_payable BOOLEAN NOT NULL, 
    made_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    payout_id UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_transfer PRIMARY KEY (id), 
    CONSTRAINT transfer_moves_money CHECK (gross_minor <> 0), 
    CONSTRAINT transfer_adds_up CHECK (net_minor = gross_minor - commission_minor - tax_minor), 
    CONSTRAINT transfer_once UNIQUE (reference), 
    CONSTRAINT fk_transfer_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id), 
    CONSTRAINT fk_transfer_payee_id_organization FOREIGN KEY(payee_id) REFERENCES organization (id), 
    CONSTRAINT fk_transfer_payout_id_payout FOREIGN KEY(payout_id) REFERENCES payout (id)
)
""",
    r"""
CREATE INDEX ix_transfer_payee_id_payout_id ON transfer (payee_id, payout_id)
""",
    r"""
CREATE INDEX ix_transfer_payment_id ON transfer (payment_id)
""",
    r"""
CREATE TABLE commission (
    deal_id UUID NOT NULL, 
    manager_id UUID NOT NULL, 
    mandate_id UUID NOT NULL, 
    payer_id UUID NOT NULL, 
    base_minor BIGINT NOT NULL, 
    computed_minor BIGINT NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    mandate_terms JSONB NOT NULL, 
    computed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    invoice_number VARCHAR(60) NOT NULL, 
    invoiced_at TIMESTAMP WITH TIME ZONE, 
    due_on DATE, 
    dispute_reason TEXT NOT NULL, 
    outcome TEXT NOT NULL, 
    paid_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_commission PRIMARY KEY (id), 
    CONSTRAINT one_commission_per_mandate_and_payer UNIQUE (deal_id, mandate_id, payer_id), 
    CONSTRAINT commission_not_negative CHECK (base_minor >= 0 AND amount_minor >= 0), 
    CONSTRAINT commission_only_ever_lowered CHECK (amount_minor <= computed_minor), 
    CONSTRAINT disputed_commission_has_a_reason CHECK (state <> 'commission_disputed' OR dispute_reason <> ''), 
    CONSTRAINT fk_commission_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_commission_manager_id_manager_profile FOREIGN KEY(manager_id) REFERENCES manager_profile (id), 
    CONSTRAINT fk_commission_mandate_id_mandate FOREIGN KEY(mandate_id) REFERENCES mandate (id), 
    CONSTRAINT fk_commission_payer_id_organization FOREIGN KEY(payer_id) REFERENCES organization (id), 
    CONSTRAINT commissionstate_state CHECK (state IN ('commission_computed', 'commission_invoiced', 'commission_disputed', 'commission_paid', 'commission_waived'))
)
""",
    r"""
CREATE INDEX ix_commission_manager_id_state ON commission (manager_id, state)
""",
    r"""
CREATE INDEX ix_commission_payer_id_state ON commission (payer_id, state)
""",
    r"""
CREATE TABLE contract (
    deal_id UUID NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    terms_sha256 VARCHAR(64) NOT NULL, 
    drawn_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    number BIGINT GENERATED BY DEFAULT AS IDENTITY, 
    license_kind VARCHAR(40), 
    paper_id UUID, 
    signed_at TIMESTAMP WITH TIME ZONE, 
    recording_due_on DATE, 
    recorded_on DATE, 
    recording_number VARCHAR(60) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_contract PRIMARY KEY (id), 
    CONSTRAINT contract_amount_not_negative CHECK (amount_minor >= 0), 
    CONSTRAINT signed_contract_has_a_paper CHECK (signed_at IS NULL OR paper_id IS NOT NULL), 
    CONSTRAINT recorded_license_has_a_number CHECK ((recorded_on IS NULL) = (recording_number = '')), 
    CONSTRAINT uq_contract_deal_id UNIQUE (deal_id), 
    CONSTRAINT fk_contract_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT contractkind_kind CHECK (kind IN ('development', 'transfer', 'license', 'consulting', 'service')), 
    CONSTRAINT licensekind_license_kind CHECK (license_kind IN ('exclusive', 'sole', 'non_exclusive', 'open')), 
    CONSTRAINT fk_contract_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id)
)
""",
    r"""
CREATE INDEX ix_contract_recording_due_on ON contract (recording_due_on)
""",
    r"""
CREATE TABLE deal_contact_consent (
    deal_id UUID NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    given_by UUID NOT NULL, 
    given_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    name VARCHAR(80) NOT NULL, 
    email VARCHAR(254) NOT NULL, 
    phone VARCHAR(40) NOT NULL, 
    withdrawn_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_deal_contact_consent PRIMARY KEY (id), 
    CONSTRAINT consent_of_a_party CHECK (role IN ('licensor', 'licensee')), 
    CONSTRAINT consent_shows_a_contact CHECK (email <> '' OR phone <> ''), 
    CONSTRAINT fk_deal_contact_consent_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE CASCADE, 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system')), 
    CONSTRAINT fk_deal_contact_consent_given_by_person FOREIGN KEY(given_by) REFERENCES person (id)
)
""",
    r"""
CREATE UNIQUE INDEX one_consent_per_side ON deal_contact_consent (deal_id, role) WHERE withdrawn_at IS NULL
""",
    r"""
CREATE TABLE deal_disclosure (
    deal_id UUID NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    number INTEGER NOT NULL, 
    body TEXT NOT NULL, 
    written_by UUID NOT NULL, 
    written_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_deal_disclosure PRIMARY KEY (id), 
    CONSTRAINT one_disclosure_per_number UNIQUE (deal_id, role, number), 
    CONSTRAINT deal_disclosure_says_something CHECK (body <> ''), 
    CONSTRAINT disclosure_of_a_party CHECK (role IN ('licensor', 'licensee')), 
    CONSTRAINT fk_deal_disclosure_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system')), 
    CONSTRAINT fk_deal_disclosure_written_by_person FOREIGN KEY(written_by) REFERENCES person (id)
)
""",
    r"""
CREATE TRIGGER deal_disclosure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deal_disclosure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE deal_dispute (
    deal_id UUID NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    opened_by UUID NOT NULL, 
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    reason TEXT NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    outcome VARCHAR(40), 
    outcome_note TEXT NOT NULL, 
    proposed_by VARCHAR(40), 
    resolved_at TIMESTAMP WITH TIME ZONE, 
    resolved_by UUID, 
    by_judgment BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_deal_dispute PRIMARY KEY (id), 
    CONSTRAINT deal_dispute_has_a_reason CHECK (reason <> ''), 
    CONSTRAINT proposed_outcome_is_known CHECK (state <> 'deal_dispute_proposed' OR (outcome IS NOT NULL AND proposed_by IS NOT NULL)), 
    CONSTRAINT settled_deal_dispute_has_an_outcome CHECK (state <> 'deal_dispute_resolved' OR (outcome IS NOT NULL AND outcome_note <> '')), 
    CONSTRAINT settled_deal_dispute_is_dated CHECK ((state IN ('deal_dispute_resolved', 'deal_dispute_withdrawn')) = (resolved_at IS NOT NULL)), 
    CONSTRAINT fk_deal_dispute_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system')), 
    CONSTRAINT fk_deal_dispute_opened_by_person FOREIGN KEY(opened_by) REFERENCES person (id), 
    CONSTRAINT dealdisputestate_state CHECK (state IN ('deal_dispute_open', 'deal_dispute_proposed', 'deal_dispute_resolved', 'deal_dispute_withdrawn')), 
    CONSTRAINT disputeoutcome_outcome CHECK (outcome IN ('continue', 'terminate')), 
    CONSTRAINT dealrole_proposed_by CHECK (proposed_by IN ('licensor', 'licensee', 'manager', 'system')), 
    CONSTRAINT fk_deal_dispute_resolved_by_person FOREIGN KEY(resolved_by) REFERENCES person (id)
)
""",
    r"""
CREATE UNIQUE INDEX one_open_deal_dispute ON deal_dispute (deal_id) WHERE state IN ('deal_dispute_open', 'deal_dispute_proposed')
""",
    r"""
CREATE TABLE deal_message (
    deal_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    body TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_deal_message PRIMARY KEY (id), 
    CONSTRAINT deal_message_says_something CHECK (body <> ''), 
    CONSTRAINT fk_deal_message_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_deal_message_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system'))
)
""",
    r"""
CREATE INDEX ix_deal_message_deal_id_at ON deal_message (deal_id, at)
""",
    r"""
CREATE TRIGGER deal_message_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deal_message FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE deal_stage_entry (
    deal_id UUID NOT NULL, 
    position INTEGER NOT NULL, 
    stage VARCHAR(40) NOT NULL, 
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    event VARCHAR(40) NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    deal_opened_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    by UUID, 
    values JSONB NOT NULL, 
    is_first BOOLEAN NOT NULL, 
    left_at TIMESTAMP WITH TIME ZONE, 
    stayed_seconds BIGINT GENERATED ALWAYS AS ((extract(epoch FROM (left_at - entered_at)))::bigint) STORED, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_deal_stage_entry PRIMARY KEY (id), 
    CONSTRAINT one_entry_per_position UNIQUE (deal_id, position), 
    CONSTRAINT stage_left_after_it_was_entered CHECK (left_at >= entered_at), 
    CONSTRAINT fk_deal_stage_entry_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE CASCADE, 
    CONSTRAINT dealstage_stage CHECK (stage IN ('inquiry', 'confidentiality', 'due_diligence', 'terms', 'notice', 'signed', 'performing', 'closed', 'lapsed')), 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system')), 
    CONSTRAINT fk_deal_stage_entry_by_person FOREIGN KEY(by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX deal_funnel ON deal_stage_entry (deal_opened_at) INCLUDE (stage, is_first, stayed_seconds)
""",
    r"""
CREATE TABLE deal_task (
    deal_id UUID NOT NULL, 
    title VARCHAR(200) NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    due_on DATE NOT NULL, 
    given_by UUID NOT NULL, 
    given_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    blocking BOOLEAN NOT NULL, 
    done_at TIMESTAMP WITH TIME ZONE, 
    done_by UUID, 
    reminded_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_deal_task PRIMARY KEY (id), 
    CONSTRAINT deal_task_says_what CHECK (title <> ''), 
    CONSTRAINT done_task_names_who CHECK ((done_at IS NULL) = (done_by IS NULL)), 
    CONSTRAINT deal_task_is_for_people CHECK (role <> 'system'), 
    CONSTRAINT fk_deal_task_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE CASCADE, 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system')), 
    CONSTRAINT fk_deal_task_given_by_person FOREIGN KEY(given_by) REFERENCES person (id), 
    CONSTRAINT fk_deal_task_done_by_person FOREIGN KEY(done_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_deal_task_deal_id ON deal_task (deal_id)
""",
    r"""
CREATE INDEX open_deal_tasks ON deal_task (due_on) WHERE done_at IS NULL
""",
    r"""
CREATE TABLE deal_view (
    deal_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    object_kind VARCHAR(40) NOT NULL, 
    object_id UUID NOT NULL, 
    label VARCHAR(300) NOT NULL, 
    sha256 VARCHAR(64) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_deal_view PRIMARY KEY (id), 
    CONSTRAINT fk_deal_view_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_deal_view_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system'))
)
""",
    r"""
CREATE INDEX ix_deal_view_deal_id_at ON deal_view (deal_id, at)
""",
    r"""
CREATE TRIGGER deal_view_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deal_view FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE deal_visit (
    deal_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    "on" DATE NOT NULL, 
    place VARCHAR(200) NOT NULL, 
    notes TEXT NOT NULL, 
    present VARCHAR(300) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_deal_visit PRIMARY KEY (id), 
    CONSTRAINT deal_visit_has_a_note CHECK (notes <> ''), 
    CONSTRAINT fk_deal_visit_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE CASCADE, 
    CONSTRAINT fk_deal_visit_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system'))
)
""",
    r"""
CREATE INDEX ix_deal_visit_deal_id_on ON deal_visit (deal_id, "on")
""",
    r"""
CREATE TABLE export_record (
    deal_id UUID NOT NULL, 
    recorded_by UUID NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    control VARCHAR(40) NOT NULL, 
    license_number VARCHAR(100) NOT NULL, 
    license_file_id UUID, 
    applied_on DATE, 
    registration_number VARCHAR(100) NOT NULL, 
    registered_on DATE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_export_record PRIMARY KEY (id), 
    CONSTRAINT uq_export_record_deal_id UNIQUE (deal_id), 
    CONSTRAINT fk_export_record_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_export_record_recorded_by_person FOREIGN KEY(recorded_by) REFERENCES person (id), 
    CONSTRAINT exportcontrol_control CHECK (control IN ('unchecked', 'free', 'restricted', 'prohibited')), 
    CONSTRAINT fk_export_record_license_file_id_attachment FOREIGN KEY(license_file_id) REFERENCES attachment (id)
)
""",
    r"""
CREATE TABLE income_split (
    deal_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    gross_minor BIGINT NOT NULL, 
    inventors_bp INTEGER NOT NULL, 
    staff_bp INTEGER NOT NULL, 
    college_bp INTEGER NOT NULL, 
    university_bp INTEGER NOT NULL, 
    prepared_by UUID, 
    currency VARCHAR(3) NOT NULL, 
    college VARCHAR(120) NOT NULL, 
    note TEXT NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    notice_from DATE, 
    notice_to DATE, 
    booked_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    basis VARCHAR(40) NOT NULL, 
    equity_bp INTEGER, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_income_split PRIMARY KEY (id), 
    CONSTRAINT splits_are_numbered UNIQUE (deal_id, number), 
    CONSTRAINT split_gross_not_negative CHECK (gross_minor >= 0), 
    CONSTRAINT split_shares_out_the_whole CHECK (inventors_bp + staff_bp + college_bp + university_bp = 10000), 
    CONSTRAINT split_shares_not_negative CHECK (least(inventors_bp, staff_bp, college_bp, university_bp) >= 0), 
    CONSTRAINT noticed_split_is_dated CHECK (state NOT IN ('split_noticed', 'split_booked', 'split_paid_out') OR (notice_from IS NOT NULL AND notice_to >= notice_from)), 
    CONSTRAINT equity_split_names_its_part CHECK ((basis = 'split_of_equity') = (equity_bp IS NOT NULL)), 
    CONSTRAINT equity_part_within_the_company CHECK (equity_bp BETWEEN 1 AND 10000), 
    CONSTRAINT fk_income_split_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_income_split_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_income_split_prepared_by_person FOREIGN KEY(prepared_by) REFERENCES person (id), 
    CONSTRAINT splitstate_state CHECK (state IN ('split_draft', 'split_consenting', 'split_noticed', 'split_booked', 'split_paid_out')), 
    CONSTRAINT splitbasis_basis CHECK (basis IN ('split_of_income', 'split_of_equity'))
)
""",
    r"""
CREATE INDEX ix_income_split_organization_id_state ON income_split (organization_id, state)
""",
    r"""
CREATE UNIQUE INDEX one_equity_split_per_deal ON income_split (deal_id) WHERE basis = 'split_of_equity'
""",
    r"""
CREATE UNIQUE INDEX one_open_split_per_deal ON income_split (deal_id, basis) WHERE state IN ('split_draft', 'split_consenting', 'split_noticed')
""",
    r"""
CREATE TABLE interest_claim (
    deal_id UUID NOT NULL, 
    subject_kind VARCHAR(40) NOT NULL, 
    subject_id UUID NOT NULL, 
    due_on DATE NOT NULL, 
    until_on DATE NOT NULL, 
    rate_bp INTEGER NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    lines JSONB NOT NULL, 
    claimed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    claimed_by UUID NOT NULL, 
    pay_by DATE NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    waive_reason TEXT NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_interest_claim PRIMARY KEY (id), 
    CONSTRAINT interest_claim_has_an_amount CHECK (amount_minor > 0), 
    CONSTRAINT interest_claim_has_a_rate CHECK (rate_bp > 0), 
    CONSTRAINT interest_runs_after_the_due_day CHECK (until_on > due_on), 
    CONSTRAINT waived_interest_has_a_reason CHECK ((state = 'interest_waived') = (waive_reason <> '')), 
    CONSTRAINT ended_interest_is_dated CHECK ((state = 'interest_claimed') = (ended_at IS NULL)), 
    CONSTRAINT fk_interest_claim_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_interest_claim_claimed_by_person FOREIGN KEY(claimed_by) REFERENCES person (id), 
    CONSTRAINT intereststate_state CHECK (state IN ('interest_claimed', 'interest_paid', 'interest_waived'))
)
""",
    r"""
CREATE INDEX ix_interest_claim_deal_id ON interest_claim (deal_id)
""",
    r"""
CREATE UNIQUE INDEX one_interest_claim_until_a_day ON interest_claim (subject_id, until_on)
""",
    r"""
CREATE TABLE offer_draft (
    deal_id UUID NOT NULL, 
    side VARCHAR(40) NOT NULL, 
    content JSONB NOT NULL, 
    written_by UUID NOT NULL, 
    written_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    message TEXT NOT NULL, 
    valid_until DATE, 
    is_prepared BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_offer_draft PRIMARY KEY (id), 
    CONSTRAINT one_draft_per_side UNIQUE (deal_id, side), 
    CONSTRAINT fk_offer_draft_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT side_side CHECK (side IN ('licensor', 'licensee')), 
    CONSTRAINT fk_offer_draft_written_by_person FOREIGN KEY(written_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_offer_draft_deal_id ON offer_draft (deal_id)
""",
    r"""
CREATE TABLE payment_part (
    deal_id UUID NOT NULL, 
    purpose VARCHAR(40) NOT NULL, 
    subject_id UUID NOT NULL, 
    payer_id UUID NOT NULL, 
    payee_id UUID NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    asked_by UUID, 
    currency VARCHAR(3) NOT NULL, 
    payment_id UUID, 
    settled_at TIMESTAMP WITH TIME ZONE, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    net_minor BIGINT, 
    refunded_at TIMESTAMP WITH TIME ZONE, 
    refunded_minor BIGINT NOT NULL, 
    recalled_minor BIGINT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_payment_part PRIMARY KEY (id), 
    CONSTRAINT payment_part_has_an_amount CHECK (amount_minor > 0), 
    CONSTRAINT payment_part_is_settled_or_ended CHECK (settled_at IS NULL OR ended_at IS NULL), 
    CONSTRAINT payment_part_net_within CHECK (net_minor BETWEEN 0 AND amount_minor), 
    CONSTRAINT payment_part_refund_within CHECK (refunded_minor BETWEEN 0 AND amount_minor), 
    CONSTRAINT payment_part_recall_within CHECK (recalled_minor BETWEEN 0 AND coalesce(net_minor, 0)), 
    CONSTRAINT fk_payment_part_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT purpose_purpose CHECK (purpose IN ('booking', 'milestone', 'royalty', 'commission', 'interest')), 
    CONSTRAINT fk_payment_part_payer_id_organization FOREIGN KEY(payer_id) REFERENCES organization (id), 
    CONSTRAINT fk_payment_part_payee_id_organization FOREIGN KEY(payee_id) REFERENCES organization (id), 
    CONSTRAINT fk_payment_part_asked_by_person FOREIGN KEY(asked_by) REFERENCES person (id), 
    CONSTRAINT fk_payment_part_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id)
)
""",
    r"""
CREATE INDEX ix_payment_part_deal_id ON payment_part (deal_id)
""",
    r"""
CREATE INDEX ix_payment_part_subject_id ON payment_part (subject_id)
""",
    r"""
CREATE TABLE pricing (
    deal_id UUID NOT NULL, 
    method VARCHAR(40) NOT NULL, 
    recorded_by UUID NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    house VARCHAR(200) NOT NULL, 
    permit VARCHAR(100) NOT NULL, 
    held_on DATE, 
    result TEXT NOT NULL, 
    appraiser VARCHAR(200) NOT NULL, 
    appraised_minor BIGINT, 
    appraised_on DATE, 
    basis TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_pricing PRIMARY KEY (id), 
    CONSTRAINT market_or_auction_names_its_house CHECK (method = 'agreement' OR house <> ''), 
    CONSTRAINT pricing_amount_is_not_negative CHECK (amount_minor >= 0), 
    CONSTRAINT uq_pricing_deal_id UNIQUE (deal_id), 
    CONSTRAINT fk_pricing_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT pricingmethod_method CHECK (method IN ('agreement', 'market', 'auction')), 
    CONSTRAINT fk_pricing_recorded_by_person FOREIGN KEY(recorded_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE resource (
    facility_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    name VARCHAR(120) NOT NULL, 
    mode VARCHAR(40) NOT NULL, 
    instrument_id UUID, 
    name_en VARCHAR(200) NOT NULL, 
    about TEXT NOT NULL, 
    about_en TEXT NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    approval VARCHAR(40) NOT NULL, 
    units INTEGER NOT NULL, 
    buffer_before_minutes INTEGER NOT NULL, 
    buffer_after_minutes INTEGER NOT NULL, 
    minimum_notice_hours INTEGER NOT NULL, 
    horizon_days INTEGER NOT NULL, 
    daily_cap INTEGER, 
    step_minutes INTEGER NOT NULL, 
    minimum_minutes INTEGER NOT NULL, 
    maximum_minutes INTEGER NOT NULL, 
    overnight BOOLEAN NOT NULL, 
    price_unit VARCHAR(40) NOT NULL, 
    deposit_minor BIGINT NOT NULL, 
    free_cancel_hours INTEGER NOT NULL, 
    late_fee_percent INTEGER NOT NULL, 
    request_hours INTEGER NOT NULL, 
    payment_minutes INTEGER NOT NULL, 
    questions JSONB NOT NULL, 
    needs_qualification BOOLEAN NOT NULL, 
    needs_project BOOLEAN NOT NULL, 
    safety_statement TEXT NOT NULL, 
    safety_statement_en TEXT NOT NULL, 
    retired_at TIMESTAMP WITH TIME ZONE, 
    created_by UUID, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_resource PRIMARY KEY (id), 
    CONSTRAINT resource_has_units CHECK (units BETWEEN 1 AND 50), 
    CONSTRAINT resource_buffers_in_range CHECK (buffer_before_minutes BETWEEN 0 AND 1440 AND buffer_after_minutes BETWEEN 0 AND 1440), 
    CONSTRAINT resource_window_in_range CHECK (minimum_notice_hours BETWEEN 0 AND 2160 AND horizon_days BETWEEN 1 AND 730), 
    CONSTRAINT resource_cap_in_range CHECK (daily_cap BETWEEN 1 AND 100), 
    CONSTRAINT resource_lengths_in_order CHECK (step_minutes IN (15, 30, 60) AND minimum_minutes BETWEEN 15 AND maximum_minutes AND maximum_minutes <= 44640), 
    CONSTRAINT deposit_in_range CHECK (deposit_minor >= 0 AND deposit_minor <= 100000000000), 
    CONSTRAINT cancellation_rule_in_range CHECK (free_cancel_hours BETWEEN 0 AND 2160 AND late_fee_percent BETWEEN 0 AND 100), 
    CONSTRAINT requests_and_payments_expire CHECK (request_hours BETWEEN 1 AND 720 AND payment_minutes BETWEEN 30 AND 20160), 
    CONSTRAINT retired_is_dated CHECK ((status = 'retired') = (retired_at IS NOT NULL)), 
    CONSTRAINT fk_resource_facility_id_facility FOREIGN KEY(facility_id) REFERENCES facility (id), 
    CONSTRAINT fk_resource_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT resourcemode_mode CHECK (mode IN ('slots', 'free')), 
    CONSTRAINT fk_resource_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
    CONSTRAINT resourcestatus_status CHECK (status IN ('open', 'paused', 'retired')), 
    CONSTRAINT approval_approval CHECK (approval IN ('by_approval', 'instant')), 
    CONSTRAINT priceunit_price_unit CHECK (price_unit IN ('slot', 'hour', 'sample')), 
    CONSTRAINT fk_resource_created_by_person FOREIGN KEY(created_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_resource_facility_id ON resource (facility_id)
""",
    r"""
CREATE INDEX ix_resource_organization_id ON resource (organization_id)
""",
    r"""
CREATE TABLE room_file (
    deal_id UUID NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    name VARCHAR(200) NOT NULL, 
    number INTEGER NOT NULL, 
    attachment_id UUID NOT NULL, 
    uploaded_by UUID NOT NULL, 
    uploaded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    audience JSONB NOT NULL, 
    confidential BOOLEAN NOT NULL, 
    removed_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_room_file PRIMARY KEY (id), 
    CONSTRAINT one_version_per_number UNIQUE (deal_id, role, name, number), 
    CONSTRAINT room_file_is_numbered CHECK (number > 0), 
    CONSTRAINT fk_room_file_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id) ON DELETE CASCADE, 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system')), 
    CONSTRAINT fk_room_file_attachment_id_attachment FOREIGN KEY(attachment_id) REFERENCES attachment (id), 
    CONSTRAINT fk_room_file_uploaded_by_person FOREIGN KEY(uploaded_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE terms_offer (
    deal_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    side VARCHAR(40) NOT NULL, 
    organization_id UUID NOT NULL, 
    offered_by UUID, 
    offered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    content JSONB NOT NULL, 
    sha256 VARCHAR(64) NOT NULL, 
    valid_until DATE NOT NULL, 
    id UUID NOT NULL, 
    message TEXT NOT NULL, 
    follows_id UUID, 
    prepared_by UUID, 
    CONSTRAINT pk_terms_offer PRIMARY KEY (id), 
    CONSTRAINT one_offer_per_number UNIQUE (deal_id, number), 
    CONSTRAINT offers_count_from_one CHECK (number >= 1), 
    CONSTRAINT fk_terms_offer_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT side_side CHECK (side IN ('licensor', 'licensee')), 
    CONSTRAINT fk_terms_offer_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_terms_offer_offered_by_person FOREIGN KEY(offered_by) REFERENCES person (id), 
    CONSTRAINT fk_terms_offer_follows_id_terms_offer FOREIGN KEY(follows_id) REFERENCES terms_offer (id), 
    CONSTRAINT fk_terms_offer_prepared_by_person FOREIGN KEY(prepared_by) REFERENCES person (id)
)
""",
    r"""
CREATE TRIGGER terms_offer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON terms_offer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE trial (
    deal_id UUID NOT NULL, 
    proposed_by_side VARCHAR(40) NOT NULL, 
    proposed_by UUID, 
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    starts_on DATE NOT NULL, 
    trigger VARCHAR(40) NOT NULL, 
    decide_by DATE NOT NULL, 
    payment VARCHAR(40) NOT NULL, 
    price_minor BIGINT, 
    instalments INTEGER, 
    share_bp INTEGER, 
    condition TEXT NOT NULL, 
    scope TEXT NOT NULL, 
    security TEXT NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    accepted_at TIMESTAMP WITH TIME ZONE, 
    accepted_by UUID, 
    income_on DATE, 
    income_note TEXT NOT NULL, 
    ended_on DATE, 
    end_note TEXT NOT NULL, 
    reminded_at_days INTEGER, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_trial PRIMARY KEY (id), 
    CONSTRAINT trial_ends_after_its_start CHECK (decide_by >= starts_on), 
    CONSTRAINT instalments_are_several CHECK (payment <> 'instalment' OR instalments >= 2), 
    CONSTRAINT condition_is_named CHECK (payment <> 'conditional' OR condition <> ''), 
    CONSTRAINT revenue_share_is_a_share CHECK (payment <> 'revenue_share' OR share_bp BETWEEN 1 AND 10000), 
    CONSTRAINT trial_price_is_positive CHECK (price_minor IS NULL OR price_minor > 0), 
    CONSTRAINT fk_trial_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT side_proposed_by_side CHECK (proposed_by_side IN ('licensor', 'licensee')), 
    CONSTRAINT fk_trial_proposed_by_person FOREIGN KEY(proposed_by) REFERENCES person (id), 
    CONSTRAINT trialtrigger_trigger CHECK (trigger IN ('date', 'first_income')), 
    CONSTRAINT trialpayment_payment CHECK (payment IN ('instalment', 'delayed', 'conditional', 'revenue_share')), 
    CONSTRAINT trialstatus_status CHECK (status IN ('proposed', 'running', 'due', 'converted', 'given_back', 'called_off')), 
    CONSTRAINT fk_trial_accepted_by_person FOREIGN KEY(accepted_by) REFERENCES person (id)
)
""",
    r"""
CREATE UNIQUE INDEX one_living_trial ON trial (deal_id) WHERE status IN ('proposed', 'running', 'due')
""",
    r"""
CREATE TABLE agreed_terms (
    deal_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    offer_id UUID NOT NULL, 
    content JSONB NOT NULL, 
    sha256 VARCHAR(64) NOT NULL, 
    agreed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    accepted_by UUID NOT NULL, 
    id UUID NOT NULL, 
    CONSTRAINT pk_agreed_terms PRIMARY KEY (id), 
    CONSTRAINT agreements_are_numbered UNIQUE (deal_id, number), 
    CONSTRAINT fk_agreed_terms_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT uq_agreed_terms_offer_id UNIQUE (offer_id), 
    CONSTRAINT fk_agreed_terms_offer_id_terms_offer FOREIGN KEY(offer_id) REFERENCES terms_offer (id), 
    CONSTRAINT fk_agreed_terms_accepted_by_person FOREIGN KEY(accepted_by) REFERENCES person (id)
)
""",
    r"""
CREATE TRIGGER agreed_terms_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agreed_terms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE amendment (
    deal_id UUID NOT NULL, 
    contract_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    proposed_by UUID NOT NULL, 
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    before JSONB NOT NULL, 
    content JSONB NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    grounds TEXT NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    paper_id UUID, 
    reason TEXT NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    ended_by UUID, 
    effective_on DATE, 
    record_by DATE, 
    recorded_on DATE, 
    recorded_number VARCHAR(60) NOT NULL, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_amendment PRIMARY KEY (id), 
    CONSTRAINT amendment_is_numbered CHECK (number > 0), 
    CONSTRAINT amended_amount_not_negative CHECK (amount_minor >= 0), 
    CONSTRAINT amendment_in_force_is_dated CHECK ((state = 'amendment_in_force') = (effective_on IS NOT NULL)), 
    CONSTRAINT ended_amendment_is_dated CHECK ((state = 'amendment_proposed') = (ended_at IS NULL)), 
    CONSTRAINT refused_amendment_has_a_reason CHECK (state <> 'amendment_refused' OR reason <> ''), 
    CONSTRAINT recorded_change_has_a_number CHECK ((recorded_on IS NULL) = (recorded_number = '')), 
    CONSTRAINT fk_amendment_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_amendment_contract_id_contract FOREIGN KEY(contract_id) REFERENCES contract (id), 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system')), 
    CONSTRAINT fk_amendment_proposed_by_person FOREIGN KEY(proposed_by) REFERENCES person (id), 
    CONSTRAINT amendmentstate_state CHECK (state IN ('amendment_proposed', 'amendment_in_force', 'amendment_refused', 'amendment_withdrawn')), 
    CONSTRAINT fk_amendment_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id), 
    CONSTRAINT fk_amendment_ended_by_person FOREIGN KEY(ended_by) REFERENCES person (id)
)
""",
    r"""
CREATE UNIQUE INDEX amendments_are_numbered ON amendment (deal_id, number) WHERE state IN ('amendment_proposed', 'amendment_in_force')
""",
    r"""
CREATE INDEX ix_amendment_deal_id_proposed_at ON amendment (deal_id, proposed_at)
""",
    r"""
CREATE UNIQUE INDEX one_open_amendment_per_deal ON amendment (deal_id) WHERE state = 'amendment_proposed'
""",
    r"""
CREATE TABLE award_objection (
    split_id UUID NOT NULL, 
    raised_by UUID NOT NULL, 
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    text TEXT NOT NULL, 
    settled_at TIMESTAMP WITH TIME ZONE, 
    settled_by UUID, 
    outcome TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_award_objection PRIMARY KEY (id), 
    CONSTRAINT award_objection_has_a_text CHECK (text <> ''), 
    CONSTRAINT settled_award_objection_has_an_outcome CHECK ((settled_at IS NULL) = (outcome = '')), 
    CONSTRAINT fk_award_objection_split_id_income_split FOREIGN KEY(split_id) REFERENCES income_split (id) ON DELETE CASCADE, 
    CONSTRAINT fk_award_objection_raised_by_person FOREIGN KEY(raised_by) REFERENCES person (id), 
    CONSTRAINT fk_award_objection_settled_by_person FOREIGN KEY(settled_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_award_objection_split_id ON award_objection (split_id)
""",
    r"""
CREATE TABLE booking_series (
    resource_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    rule JSONB NOT NULL, 
    results JSONB NOT NULL, 
    idempotency_key VARCHAR(64) NOT NULL, 
    request_digest VARCHAR(64) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_booking_series PRIMARY KEY (id), 
    CONSTRAINT one_series_per_key UNIQUE (person_id, idempotency_key), 
    CONSTRAINT fk_booking_series_resource_id_resource FOREIGN KEY(resource_id) REFERENCES resource (id), 
    CONSTRAINT fk_booking_series_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_booking_series_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_booking_series_organization_id ON booking_series (organization_id)
""",
    r"""
CREATE TABLE contract_registration (
    contract_id UUID NOT NULL, 
    prepared_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    prepared_by UUID NOT NULL, 
    office VARCHAR(120) NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    technology_minor BIGINT, 
    checked JSONB NOT NULL, 
    filed_on DATE, 
    answer_due_on DATE, 
    return_reason TEXT NOT NULL, 
    number VARCHAR(60) NOT NULL, 
    registered_on DATE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_contract_registration PRIMARY KEY (id), 
    CONSTRAINT filed_registration_is_dated CHECK (status = 'prepared' OR filed_on IS NOT NULL), 
    CONSTRAINT returned_registration_has_a_reason CHECK (status <> 'returned' OR return_reason <> ''), 
    CONSTRAINT registered_contract_is_dated CHECK ((status = 'registered') = (registered_on IS NOT NULL)), 
    CONSTRAINT registered_contract_has_a_number CHECK (status <> 'registered' OR number <> ''), 
    CONSTRAINT technology_amount_not_negative CHECK (technology_minor IS NULL OR technology_minor >= 0), 
    CONSTRAINT uq_contract_registration_contract_id UNIQUE (contract_id), 
    CONSTRAINT fk_contract_registration_contract_id_contract FOREIGN KEY(contract_id) REFERENCES contract (id), 
    CONSTRAINT fk_contract_registration_prepared_by_person FOREIGN KEY(prepared_by) REFERENCES person (id), 
    CONSTRAINT registrationstatus_status CHECK (status IN ('prepared', 'filed', 'returned', 'registered'))
)
""",
    r"""
CREATE UNIQUE INDEX one_contract_per_registration_number ON contract_registration (number) WHERE number <> ''
""",
    r"""
CREATE TABLE direct_cost (
    split_id UUID NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    note VARCHAR(300) NOT NULL, 
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    entered_by UUID NOT NULL, 
    attachment_id UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_direct_cost PRIMARY KEY (id), 
    CONSTRAINT direct_cost_has_an_amount CHECK (amount_minor > 0), 
    CONSTRAINT direct_cost_has_a_note CHECK (note <> ''), 
    CONSTRAINT fk_direct_cost_split_id_income_split FOREIGN KEY(split_id) REFERENCES income_split (id) ON DELETE CASCADE, 
    CONSTRAINT fk_direct_cost_entered_by_person FOREIGN KEY(entered_by) REFERENCES person (id), 
    CONSTRAINT fk_direct_cost_attachment_id_attachment FOREIGN KEY(attachment_id) REFERENCES attachment (id)
)
""",
    r"""
CREATE INDEX ix_direct_cost_split_id ON direct_cost (split_id)
""",
    r"""
CREATE TABLE offer_outcome (
    offer_id UUID NOT NULL, 
    fate VARCHAR(40) NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    by UUID, 
    reason TEXT NOT NULL, 
    CONSTRAINT pk_offer_outcome PRIMARY KEY (offer_id), 
    CONSTRAINT fk_offer_outcome_offer_id_terms_offer FOREIGN KEY(offer_id) REFERENCES terms_offer (id), 
    CONSTRAINT offerfate_fate CHECK (fate IN ('accepted', 'countered', 'replaced', 'declined', 'withdrawn')), 
    CONSTRAINT fk_offer_outcome_by_person FOREIGN KEY(by) REFERENCES person (id)
)
""",
    r"""
CREATE TRIGGER offer_outcome_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON offer_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE performance (
    deal_id UUID NOT NULL, 
    contract_id UUID NOT NULL, 
    terms JSONB NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    signed_on DATE NOT NULL, 
    starts_on DATE NOT NULL, 
    ends_on DATE, 
    frozen_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_performance PRIMARY KEY (id), 
    CONSTRAINT performance_dates_in_order CHECK (ends_on >= starts_on), 
    CONSTRAINT uq_performance_deal_id UNIQUE (deal_id), 
    CONSTRAINT fk_performance_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT uq_performance_contract_id UNIQUE (contract_id), 
    CONSTRAINT fk_performance_contract_id_contract FOREIGN KEY(contract_id) REFERENCES contract (id)
)
""",
    r"""
CREATE TABLE qualification (
    resource_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    valid_until DATE, 
    statement TEXT NOT NULL, 
    note TEXT NOT NULL, 
    decided_at TIMESTAMP WITH TIME ZONE, 
    decided_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_qualification PRIMARY KEY (id), 
    CONSTRAINT one_qualification_per_person UNIQUE (resource_id, person_id), 
    CONSTRAINT granted_qualification_ends CHECK (state <> 'granted' OR (valid_until IS NOT NULL AND decided_at IS NOT NULL)), 
    CONSTRAINT fk_qualification_resource_id_resource FOREIGN KEY(resource_id) REFERENCES resource (id), 
    CONSTRAINT fk_qualification_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT fk_qualification_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT qualificationstate_state CHECK (state IN ('asked', 'granted', 'refused', 'revoked')), 
    CONSTRAINT fk_qualification_decided_by_person FOREIGN KEY(decided_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_qualification_person_id ON qualification (person_id)
""",
    r"""
CREATE TABLE resource_price (
    resource_id UUID NOT NULL, 
    unit_minor BIGINT NOT NULL, 
    rate VARCHAR(40) NOT NULL, 
    from_quantity INTEGER NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_resource_price PRIMARY KEY (id), 
    CONSTRAINT price_in_range CHECK (unit_minor BETWEEN 0 AND 100000000000), 
    CONSTRAINT price_step_is_positive CHECK (from_quantity >= 1), 
    CONSTRAINT one_price_per_step UNIQUE (resource_id, rate, from_quantity), 
    CONSTRAINT fk_resource_price_resource_id_resource FOREIGN KEY(resource_id) REFERENCES resource (id) ON DELETE CASCADE, 
    CONSTRAINT ratekind_rate CHECK (rate IN ('standard', 'member', 'voucher'))
)
""",
    r"""
CREATE TABLE slot (
    resource_id UUID NOT NULL, 
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    capacity INTEGER NOT NULL, 
    taken INTEGER NOT NULL, 
    price_minor BIGINT, 
    closed_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_slot PRIMARY KEY (id), 
    CONSTRAINT slot_not_oversold CHECK (taken >= 0 AND taken <= capacity), 
    CONSTRAINT slot_capacity_in_range CHECK (capacity BETWEEN 1 AND 1000), 
    CONSTRAINT slot_ends_after_its_start CHECK (starts_at < ends_at), 
    CONSTRAINT slot_price_in_range CHECK (price_minor BETWEEN 0 AND 100000000000), 
    CONSTRAINT fk_slot_resource_id_resource FOREIGN KEY(resource_id) REFERENCES resource (id)
)
""",
    r"""
CREATE INDEX ix_slot_resource_id_starts_at ON slot (resource_id, starts_at)
""",
    r"""
CREATE TABLE split_share (
    split_id UUID NOT NULL, 
    pool VARCHAR(40) NOT NULL, 
    position INTEGER NOT NULL, 
    name VARCHAR(80) NOT NULL, 
    weight INTEGER NOT NULL, 
    email VARCHAR(254) NOT NULL, 
    person_id UUID, 
    amount_minor BIGINT NOT NULL, 
    consent VARCHAR(40) NOT NULL, 
    answered_at TIMESTAMP WITH TIME ZONE, 
    reason TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_split_share PRIMARY KEY (id), 
    CONSTRAINT share_has_a_weight CHECK (weight > 0), 
    CONSTRAINT share_not_negative CHECK (amount_minor >= 0), 
    CONSTRAINT answered_share_is_dated CHECK ((consent = 'consent_waiting') = (answered_at IS NULL)), 
    CONSTRAINT refused_share_has_a_reason CHECK (consent <> 'consent_refused' OR reason <> ''), 
    CONSTRAINT fk_split_share_split_id_income_split FOREIGN KEY(split_id) REFERENCES income_split (id) ON DELETE CASCADE, 
    CONSTRAINT pool_pool CHECK (pool IN ('inventor', 'staff')), 
    CONSTRAINT fk_split_share_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT consent_consent CHECK (consent IN ('consent_waiting', 'consent_agreed', 'consent_refused'))
)
""",
    r"""
CREATE INDEX ix_split_share_email ON split_share (email)
""",
    r"""
CREATE INDEX ix_split_share_person_id ON split_share (person_id)
""",
    r"""
CREATE INDEX ix_split_share_split_id ON split_share (split_id)
""",
    r"""
CREATE TABLE approval_decision (
    deal_id UUID NOT NULL, 
    agreed_id UUID NOT NULL, 
    body VARCHAR(200) NOT NULL, 
    subject TEXT NOT NULL, 
    decision VARCHAR(40) NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    decided_on DATE NOT NULL, 
    recorded_by UUID NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    id UUID NOT NULL, 
    participants TEXT NOT NULL, 
    note TEXT NOT NULL, 
    minutes_id UUID, 
    CONSTRAINT pk_approval_decision PRIMARY KEY (id), 
    CONSTRAINT decision_names_its_body CHECK (body <> ''), 
    CONSTRAINT fk_approval_decision_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_approval_decision_agreed_id_agreed_terms FOREIGN KEY(agreed_id) REFERENCES agreed_terms (id), 
    CONSTRAINT decision_decision CHECK (decision IN ('approved', 'refused')), 
    CONSTRAINT fk_approval_decision_recorded_by_person FOREIGN KEY(recorded_by) REFERENCES person (id), 
    CONSTRAINT fk_approval_decision_minutes_id_attachment FOREIGN KEY(minutes_id) REFERENCES attachment (id)
)
""",
    r"""
CREATE INDEX ix_approval_decision_deal_id ON approval_decision (deal_id)
""",
    r"""
CREATE TRIGGER approval_decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON approval_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE award_payout (
    share_id UUID NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    tax_minor BIGINT NOT NULL, 
    paid_on DATE NOT NULL, 
    reference VARCHAR(100) NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    recorded_by UUID NOT NULL, 
    tax_note VARCHAR(300) NOT NULL, 
    id UUID NOT NULL, 
    CONSTRAINT pk_award_payout PRIMARY KEY (id), 
    CONSTRAINT award_payout_has_an_amount CHECK (amount_minor > 0), 
    CONSTRAINT award_tax_within_the_payout CHECK (tax_minor BETWEEN 0 AND amount_minor), 
    CONSTRAINT award_payout_once UNIQUE (share_id, reference), 
    CONSTRAINT fk_award_payout_share_id_split_share FOREIGN KEY(share_id) REFERENCES split_share (id), 
    CONSTRAINT fk_award_payout_recorded_by_person FOREIGN KEY(recorded_by) REFERENCES person (id)
)
""",
    r"""
CREATE TRIGGER award_payout_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON award_payout FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE booking (
    resource_id UUID NOT NULL, 
    provider_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    idempotency_key VARCHAR(64) NOT NULL, 
    request_digest VARCHAR(64) NOT NULL, 
    slot_id UUID, 
    series_id UUID, 
    state VARCHAR(40) NOT NULL, 
    deadline_at TIMESTAMP WITH TIME ZONE, 
    places INTEGER NOT NULL, 
    samples INTEGER, 
    purpose TEXT NOT NULL, 
    answers JSONB NOT NULL, 
    project_account VARCHAR(80) NOT NULL, 
    safety_accepted_at TIMESTAMP WITH TIME ZONE, 
    listing_id UUID, 
    rate VARCHAR(40) NOT NULL, 
    voucher_number VARCHAR(60) NOT NULL, 
    price_minor BIGINT NOT NULL, 
    deposit_minor BIGINT NOT NULL, 
    price_detail JSONB NOT NULL, 
    free_cancel_hours INTEGER NOT NULL, 
    late_fee_percent INTEGER NOT NULL, 
    fee_minor BIGINT NOT NULL, 
    submitted_at TIMESTAMP WITH TIME ZONE, 
    submit_digest VARCHAR(64) NOT NULL, 
    approved_at TIMESTAMP WITH TIME ZONE, 
    approved_by UUID, 
    confirmed_at TIMESTAMP WITH TIME ZONE, 
    started_at TIMESTAMP WITH TIME ZONE, 
    ended_at TIMESTAMP WITH TIME ZONE, 
    end_reason TEXT NOT NULL, 
    proposed_slot_id UUID, 
    proposed_starts_at TIMESTAMP WITH TIME ZONE, 
    proposed_ends_at TIMESTAMP WITH TIME ZONE, 
    proposal_note TEXT NOT NULL, 
    early_from TIMESTAMP WITH TIME ZONE, 
    outside_since TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_booking PRIMARY KEY (id), 
    CONSTRAINT booking_ends_after_its_start CHECK (starts_at < ends_at), 
    CONSTRAINT booking_takes_places CHECK (places BETWEEN 1 AND 1000), 
    CONSTRAINT booking_samples_in_range CHECK (samples BETWEEN 1 AND 100000), 
    CONSTRAINT booking_price_in_range CHECK (price_minor BETWEEN 0 AND 10000000000000 AND deposit_minor >= 0), 
    CONSTRAINT booking_fee_within_price CHECK (fee_minor >= 0 AND fee_minor <= price_minor), 
    CONSTRAINT ended_is_dated CHECK ((state IN ('completed', 'expired', 'rejected', 'cancelled_by_buyer', 'cancelled_by_provider', 'no_show')) = (ended_at IS NOT NULL)), 
    CONSTRAINT waiting_has_a_deadline CHECK ((state IN ('held', 'pending_approval', 'awaiting_payment')) = (deadline_at IS NOT NULL)), 
    CONSTRAINT refusal_has_a_reason CHECK (state NOT IN ('rejected', 'cancelled_by_provider') OR end_reason <> ''), 
    CONSTRAINT proposal_is_a_time CHECK ((proposed_starts_at IS NULL) = (proposed_ends_at IS NULL) AND (proposed_starts_at IS NULL OR proposed_starts_at < proposed_ends_at)), 
    CONSTRAINT early_is_before_the_start CHECK (early_from < starts_at), 
    CONSTRAINT one_booking_per_key UNIQUE (person_id, idempotency_key), 
    CONSTRAINT fk_booking_resource_id_resource FOREIGN KEY(resource_id) REFERENCES resource (id), 
    CONSTRAINT fk_booking_provider_id_organization FOREIGN KEY(provider_id) REFERENCES organization (id), 
    CONSTRAINT fk_booking_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_booking_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT fk_booking_slot_id_slot FOREIGN KEY(slot_id) REFERENCES slot (id), 
    CONSTRAINT fk_booking_series_id_booking_series FOREIGN KEY(series_id) REFERENCES booking_series (id), 
    CONSTRAINT bookingstate_state CHECK (state IN ('held', 'pending_approval', 'awaiting_payment', 'confirmed', 'in_service', 'completed', 'expired', 'rejected', 'cancelled_by_buyer', 'cancelled_by_provider', 'no_show')), 
    CONSTRAINT fk_booking_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id), 
    CONSTRAINT ratekind_rate CHECK (rate IN ('standard', 'member', 'voucher')), 
    CONSTRAINT fk_booking_approved_by_person FOREIGN KEY(approved_by) REFERENCES person (id), 
    CONSTRAINT fk_booking_proposed_slot_id_slot FOREIGN KEY(proposed_slot_id) REFERENCES slot (id)
)
""",
    r"""
CREATE INDEX booking_deadlines ON booking (deadline_at) WHERE deadline_at IS NOT NULL
""",
    r"""
CREATE INDEX booking_requests ON booking (provider_id, deadline_at) WHERE state = 'pending_approval'
""",
    r"""
CREATE INDEX ix_booking_organization_id_starts_at ON booking (organization_id, starts_at)
""",
    r"""
CREATE INDEX ix_booking_person_id_starts_at ON booking (person_id, starts_at)
""",
    r"""
CREATE INDEX ix_booking_resource_id_starts_at ON booking (resource_id, starts_at)
""",
    r"""
CREATE INDEX ix_booking_series_id ON booking (series_id) WHERE series_id IS NOT NULL
""",
    r"""
CREATE INDEX ix_booking_slot_id ON booking (slot_id) WHERE slot_id IS NOT NULL
""",
    r"""
CREATE TABLE former_terms (
    performance_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    terms JSONB NOT NULL, 
    until_on DATE NOT NULL, 
    paper_id UUID NOT NULL, 
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    id UUID NOT NULL, 
    CONSTRAINT pk_former_terms PRIMARY KEY (id), 
    CONSTRAINT former_terms_are_numbered UNIQUE (performance_id, number), 
    CONSTRAINT fk_former_terms_performance_id_performance FOREIGN KEY(performance_id) REFERENCES performance (id), 
    CONSTRAINT fk_former_terms_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id)
)
""",
    r"""
CREATE TRIGGER former_terms_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON former_terms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE milestone (
    performance_id UUID NOT NULL, 
    deal_id UUID NOT NULL, 
    position INTEGER NOT NULL, 
    name VARCHAR(300) NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    name_en VARCHAR(300) NOT NULL, 
    criterion TEXT NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    due_on DATE, 
    needs_delivery BOOLEAN NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    payable_at TIMESTAMP WITH TIME ZONE, 
    paid_at TIMESTAMP WITH TIME ZONE, 
    delivered_at TIMESTAMP WITH TIME ZONE, 
    released_at TIMESTAMP WITH TIME ZONE, 
    alarmed_at TIMESTAMP WITH TIME ZONE, 
    stopped_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_milestone PRIMARY KEY (id), 
    CONSTRAINT milestones_are_numbered UNIQUE (performance_id, position), 
    CONSTRAINT milestone_has_an_amount CHECK (amount_minor > 0), 
    CONSTRAINT paid_milestone_is_dated CHECK (state IN ('planned', 'payable', 'milestone_cancelled', 'milestone_replaced') OR paid_at IS NOT NULL), 
    CONSTRAINT released_milestone_is_dated CHECK ((state = 'released') = (released_at IS NOT NULL)), 
    CONSTRAINT fk_milestone_performance_id_performance FOREIGN KEY(performance_id) REFERENCES performance (id), 
    CONSTRAINT fk_milestone_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT milestonestate_state CHECK (state IN ('planned', 'payable', 'paid', 'delivered', 'changes_requested', 'accepted', 'released', 'milestone_refunded', 'milestone_cancelled', 'milestone_replaced'))
)
""",
    r"""
CREATE INDEX ix_milestone_due_on ON milestone (due_on)
""",
    r"""
CREATE INDEX ix_milestone_state_paid_at ON milestone (state, paid_at)
""",
    r"""
CREATE FUNCTION milestones_match_contract() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid;
BEGIN
    IF TG_TABLE_NAME = 'performance' THEN
        checked := NEW.id;
    ELSIF TG_TABLE_NAME = 'contract' THEN
        SELECT id INTO checked FROM performance WHERE contract_id = NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        checked := OLD.performance_id;
    ELSE
        checked := NEW.performance_id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM performance p JOIN contract c ON c.id = p.contract_id
        WHERE p.id = checked AND c.amount_minor <> (
            SELECT coalesce(sum(m.amount_minor), 0) FROM milestone m
            WHERE m.performance_id = p.id AND m.state <> 'milestone_replaced'
        )
    ) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'milestones_sum_to_contract',
            MESSAGE = 'the milestones of a contract sum to its amount';
    END IF;
    RETURN NULL;
END $$
""",
    r"""
CREATE CONSTRAINT TRIGGER milestone_milestone_sum AFTER INSERT OR UPDATE OR DELETE ON milestone
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION milestones_match_contract()
""",
    r"""
CREATE CONSTRAINT TRIGGER performance_milestone_sum AFTER INSERT ON performance
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION milestones_match_contract()
""",
    r"""
CREATE CONSTRAINT TRIGGER contract_milestone_sum AFTER UPDATE OF amount_minor ON contract
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION milestones_match_contract()
""",
    r"""
CREATE TABLE price_notice (
    deal_id UUID NOT NULL, 
    agreed_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    name VARCHAR(300) NOT NULL, 
    summary TEXT NOT NULL, 
    buyer VARCHAR(300) NOT NULL, 
    price_minor BIGINT NOT NULL, 
    price_note TEXT NOT NULL, 
    days INTEGER NOT NULL, 
    posted_on DATE NOT NULL, 
    posted_by UUID, 
    currency VARCHAR(3) NOT NULL, 
    inventors TEXT NOT NULL, 
    also_at TEXT NOT NULL, 
    is_related BOOLEAN NOT NULL, 
    related_note TEXT NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    ended_on DATE, 
    end_reason TEXT NOT NULL, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_price_notice PRIMARY KEY (id), 
    CONSTRAINT notice_runs_for_days CHECK (days >= 1), 
    CONSTRAINT related_party_is_explained CHECK (NOT is_related OR related_note <> ''), 
    CONSTRAINT ended_notice_is_dated CHECK ((status = 'running') = (ended_on IS NULL)), 
    CONSTRAINT fk_price_notice_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_price_notice_agreed_id_agreed_terms FOREIGN KEY(agreed_id) REFERENCES agreed_terms (id), 
    CONSTRAINT fk_price_notice_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_price_notice_posted_by_person FOREIGN KEY(posted_by) REFERENCES person (id), 
    CONSTRAINT noticestatus_status CHECK (status IN ('running', 'passed', 'upheld', 'taken_back'))
)
""",
    r"""
CREATE INDEX ix_price_notice_organization_id ON price_notice (organization_id)
""",
    r"""
CREATE INDEX ix_price_notice_status_posted_on ON price_notice (status, posted_on)
""",
    r"""
CREATE UNIQUE INDEX one_running_notice ON price_notice (deal_id) WHERE status = 'running'
""",
    r"""
CREATE TABLE royalty_statement (
    performance_id UUID NOT NULL, 
    deal_id UUID NOT NULL, 
    number INTEGER NOT NULL, 
    from_on DATE NOT NULL, 
    to_on DATE NOT NULL, 
    report_due_on DATE NOT NULL, 
    currency VARCHAR(3) NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    base_minor BIGINT, 
    royalty_minor BIGINT NOT NULL, 
    top_up_minor BIGINT NOT NULL, 
    amount_minor BIGINT NOT NULL, 
    note TEXT NOT NULL, 
    evidence_id UUID, 
    reported_at TIMESTAMP WITH TIME ZONE, 
    reported_by UUID, 
    pay_due_on DATE, 
    confirmed_at TIMESTAMP WITH TIME ZONE, 
    settled_at TIMESTAMP WITH TIME ZONE, 
    dispute_reason TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_royalty_statement PRIMARY KEY (id), 
    CONSTRAINT statements_are_numbered UNIQUE (performance_id, number), 
    CONSTRAINT statement_period_in_order CHECK (to_on >= from_on), 
    CONSTRAINT statement_amounts_not_negative CHECK (base_minor >= 0 AND royalty_minor >= 0 AND top_up_minor >= 0), 
    CONSTRAINT statement_adds_up CHECK (amount_minor = royalty_minor + top_up_minor), 
    CONSTRAINT reported_statement_has_a_base CHECK (state IN ('statement_due', 'statement_cancelled') OR base_minor IS NOT NULL), 
    CONSTRAINT disputed_statement_has_a_reason CHECK (state <> 'statement_disputed' OR dispute_reason <> ''), 
    CONSTRAINT fk_royalty_statement_performance_id_performance FOREIGN KEY(performance_id) REFERENCES performance (id), 
    CONSTRAINT fk_royalty_statement_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT statementstate_state CHECK (state IN ('statement_due', 'statement_reported', 'statement_disputed', 'statement_confirmed', 'statement_settled', 'statement_cancelled')), 
    CONSTRAINT fk_royalty_statement_evidence_id_attachment FOREIGN KEY(evidence_id) REFERENCES attachment (id), 
    CONSTRAINT fk_royalty_statement_reported_by_person FOREIGN KEY(reported_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_royalty_statement_deal_id ON royalty_statement (deal_id)
""",
    r"""
CREATE INDEX ix_royalty_statement_state_report_due_on ON royalty_statement (state, report_due_on)
""",
    r"""
CREATE TABLE allocation (
    resource_id UUID NOT NULL, 
    lane INTEGER NOT NULL, 
    during TSTZRANGE NOT NULL, 
    kind VARCHAR(40) NOT NULL, 
    booking_id UUID, 
    slot_id UUID, 
    note VARCHAR(300) NOT NULL, 
    active BOOLEAN NOT NULL, 
    created_by UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_allocation PRIMARY KEY (id), 
    CONSTRAINT lane_taken_once EXCLUDE USING gist (resource_id WITH =, lane WITH =, during WITH &&) WHERE (active), 
    CONSTRAINT allocation_lane_in_range CHECK (lane BETWEEN 1 AND 50), 
    CONSTRAINT allocation_has_a_span CHECK (NOT isempty(during) AND lower(during) IS NOT NULL AND upper(during) IS NOT NULL), 
    CONSTRAINT allocation_names_its_cause CHECK ((kind = 'booking') = (booking_id IS NOT NULL) AND (kind = 'slot') = (slot_id IS NOT NULL)), 
    CONSTRAINT fk_allocation_resource_id_resource FOREIGN KEY(resource_id) REFERENCES resource (id), 
    CONSTRAINT allocationkind_kind CHECK (kind IN ('booking', 'slot', 'maintenance', 'blackout')), 
    CONSTRAINT fk_allocation_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), 
    CONSTRAINT fk_allocation_slot_id_slot FOREIGN KEY(slot_id) REFERENCES slot (id), 
    CONSTRAINT fk_allocation_created_by_person FOREIGN KEY(created_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_allocation_booking_id ON allocation (booking_id)
""",
    r"""
CREATE INDEX ix_allocation_slot_id ON allocation (slot_id)
""",
    r"""
CREATE TABLE booking_event (
    number BIGSERIAL NOT NULL, 
    booking_id UUID NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    event VARCHAR(40) NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    actor_id UUID, 
    note TEXT NOT NULL, 
    CONSTRAINT pk_booking_event PRIMARY KEY (number), 
    CONSTRAINT fk_booking_event_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), 
    CONSTRAINT bookingstate_state CHECK (state IN ('held', 'pending_approval', 'awaiting_payment', 'confirmed', 'in_service', 'completed', 'expired', 'rejected', 'cancelled_by_buyer', 'cancelled_by_provider', 'no_show')), 
    CONSTRAINT fk_booking_event_actor_id_person FOREIGN KEY(actor_id) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_booking_event_booking_id_number ON booking_event (booking_id, number)
""",
    r"""
CREATE TRIGGER booking_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON booking_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE facility_rating (
    facility_id UUID NOT NULL, 
    booking_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    stars INTEGER NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    text VARCHAR(1000) NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_facility_rating PRIMARY KEY (id), 
    CONSTRAINT one_rating_per_use UNIQUE (booking_id), 
    CONSTRAINT facility_stars_on_scale CHECK (stars BETWEEN 1 AND 5), 
    CONSTRAINT fk_facility_rating_facility_id_facility FOREIGN KEY(facility_id) REFERENCES facility (id), 
    CONSTRAINT fk_facility_rating_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), 
    CONSTRAINT fk_facility_rating_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_facility_rating_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_facility_rating_facility_id ON facility_rating (facility_id)
""",
    r"""
CREATE TRIGGER facility_rating_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON facility_rating FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE milestone_event (
    milestone_id UUID NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    event VARCHAR(40) NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    role VARCHAR(40) NOT NULL, 
    by UUID, 
    note TEXT NOT NULL, 
    attachment_id UUID, 
    id UUID NOT NULL, 
    CONSTRAINT pk_milestone_event PRIMARY KEY (id), 
    CONSTRAINT fk_milestone_event_milestone_id_milestone FOREIGN KEY(milestone_id) REFERENCES milestone (id), 
    CONSTRAINT milestonestate_state CHECK (state IN ('planned', 'payable', 'paid', 'delivered', 'changes_requested', 'accepted', 'released', 'milestone_refunded', 'milestone_cancelled', 'milestone_replaced')), 
    CONSTRAINT dealrole_role CHECK (role IN ('licensor', 'licensee', 'manager', 'system')), 
    CONSTRAINT fk_milestone_event_by_person FOREIGN KEY(by) REFERENCES person (id), 
    CONSTRAINT fk_milestone_event_attachment_id_attachment FOREIGN KEY(attachment_id) REFERENCES attachment (id)
)
""",
    r"""
CREATE INDEX ix_milestone_event_milestone_id_at ON milestone_event (milestone_id, at)
""",
    r"""
CREATE TRIGGER milestone_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON milestone_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    r"""
CREATE TABLE objection (
    notice_id UUID NOT NULL, 
    raised_by UUID NOT NULL, 
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    reasons TEXT NOT NULL, 
    status VARCHAR(40) NOT NULL, 
    settled_by UUID, 
    settled_at TIMESTAMP WITH TIME ZONE, 
    settlement TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_objection PRIMARY KEY (id), 
    CONSTRAINT objection_has_reasons CHECK (reasons <> ''), 
    CONSTRAINT settled_objection_is_dated CHECK ((status = 'raised') = (settled_at IS NULL)), 
    CONSTRAINT settlement_has_reasons CHECK (status = 'raised' OR settlement <> ''), 
    CONSTRAINT fk_objection_notice_id_price_notice FOREIGN KEY(notice_id) REFERENCES price_notice (id), 
    CONSTRAINT fk_objection_raised_by_person FOREIGN KEY(raised_by) REFERENCES person (id), 
    CONSTRAINT objectionstatus_status CHECK (status IN ('raised', 'dismissed', 'upheld')), 
    CONSTRAINT fk_objection_settled_by_person FOREIGN KEY(settled_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_objection_notice_id ON objection (notice_id)
""",
    r"""
CREATE UNIQUE INDEX one_open_objection ON objection (notice_id, raised_by) WHERE status = 'raised'
""",
    r"""
CREATE TABLE royalty_inspection (
    deal_id UUID NOT NULL, 
    statement_id UUID NOT NULL, 
    asked_on DATE NOT NULL, 
    planned_on DATE NOT NULL, 
    asked_by UUID NOT NULL, 
    reason TEXT NOT NULL, 
    finding TEXT NOT NULL, 
    found_at TIMESTAMP WITH TIME ZONE, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_royalty_inspection PRIMARY KEY (id), 
    CONSTRAINT inspection_after_its_notice CHECK (planned_on >= asked_on), 
    CONSTRAINT fk_royalty_inspection_deal_id_deal FOREIGN KEY(deal_id) REFERENCES deal (id), 
    CONSTRAINT fk_royalty_inspection_statement_id_royalty_statement FOREIGN KEY(statement_id) REFERENCES royalty_statement (id), 
    CONSTRAINT fk_royalty_inspection_asked_by_person FOREIGN KEY(asked_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_royalty_inspection_deal_id ON royalty_inspection (deal_id)
""",
    r"""
CREATE TABLE test_report (
    booking_id UUID NOT NULL, 
    facility_id UUID NOT NULL, 
    title VARCHAR(200) NOT NULL, 
    created_by UUID NOT NULL, 
    listing_id UUID, 
    object_tested TEXT NOT NULL, 
    method TEXT NOT NULL, 
    conditions TEXT NOT NULL, 
    rows JSONB NOT NULL, 
    summary TEXT NOT NULL, 
    conclusion VARCHAR(40), 
    level INTEGER, 
    state VARCHAR(40) NOT NULL, 
    paper_id UUID, 
    issued_at TIMESTAMP WITH TIME ZONE, 
    signed_at TIMESTAMP WITH TIME ZONE, 
    is_demo BOOLEAN NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_test_report PRIMARY KEY (id), 
    CONSTRAINT one_report_per_use UNIQUE (booking_id), 
    CONSTRAINT proven_level_on_scale CHECK (level BETWEEN 1 AND 9), 
    CONSTRAINT issued_report_has_a_paper CHECK (state = 'draft' OR (paper_id IS NOT NULL AND issued_at IS NOT NULL)), 
    CONSTRAINT signed_is_dated CHECK ((state = 'signed') = (signed_at IS NOT NULL)), 
    CONSTRAINT fk_test_report_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), 
    CONSTRAINT fk_test_report_facility_id_facility FOREIGN KEY(facility_id) REFERENCES facility (id), 
    CONSTRAINT fk_test_report_created_by_person FOREIGN KEY(created_by) REFERENCES person (id), 
    CONSTRAINT fk_test_report_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id), 
    CONSTRAINT conclusion_conclusion CHECK (conclusion IN ('reached', 'partly', 'missed')), 
    CONSTRAINT reportstate_state CHECK (state IN ('draft', 'issued', 'signed')), 
    CONSTRAINT fk_test_report_paper_id_paper FOREIGN KEY(paper_id) REFERENCES paper (id)
)
""",
    r"""
CREATE INDEX ix_test_report_facility_id ON test_report (facility_id)
""",
    r"""
CREATE INDEX ix_test_report_listing_id ON test_report (listing_id)
""",
    r"""
CREATE TABLE use_record (
    booking_id UUID NOT NULL, 
    started_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    ended_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    price_minor BIGINT NOT NULL, 
    charge_minor BIGINT NOT NULL, 
    recorded_by UUID NOT NULL, 
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    samples INTEGER, 
    consumables JSONB NOT NULL, 
    note TEXT NOT NULL, 
    adjust_reason TEXT NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    answered_by UUID, 
    answered_at TIMESTAMP WITH TIME ZONE, 
    dispute_reason TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_use_record PRIMARY KEY (id), 
    CONSTRAINT one_record_per_use UNIQUE (booking_id), 
    CONSTRAINT use_takes_time CHECK (ended_at > started_at), 
    CONSTRAINT charge_not_negative CHECK (charge_minor >= 0 AND price_minor >= 0), 
    CONSTRAINT charge_within_the_price CHECK (charge_minor <= price_minor), 
    CONSTRAINT adjusted_with_a_reason CHECK (charge_minor = price_minor OR adjust_reason <> ''), 
    CONSTRAINT samples_not_negative CHECK (samples >= 0), 
    CONSTRAINT disputed_use_has_a_reason CHECK (state <> 'disputed' OR dispute_reason <> ''), 
    CONSTRAINT answered_use_is_dated CHECK ((state = 'recorded') = (answered_at IS NULL)), 
    CONSTRAINT fk_use_record_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), 
    CONSTRAINT fk_use_record_recorded_by_person FOREIGN KEY(recorded_by) REFERENCES person (id), 
    CONSTRAINT usestate_state CHECK (state IN ('recorded', 'confirmed', 'disputed')), 
    CONSTRAINT fk_use_record_answered_by_person FOREIGN KEY(answered_by) REFERENCES person (id)
)
""",
    r"""
CREATE TABLE wait_entry (
    resource_id UUID NOT NULL, 
    organization_id UUID NOT NULL, 
    person_id UUID NOT NULL, 
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    joined_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    slot_id UUID, 
    places INTEGER NOT NULL, 
    state VARCHAR(40) NOT NULL, 
    booking_id UUID, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_wait_entry PRIMARY KEY (id), 
    CONSTRAINT wait_is_for_a_time CHECK (starts_at < ends_at), 
    CONSTRAINT wait_is_for_places CHECK (places BETWEEN 1 AND 1000), 
    CONSTRAINT offer_is_a_booking CHECK ((state IN ('offered', 'taken')) <= (booking_id IS NOT NULL)), 
    CONSTRAINT fk_wait_entry_resource_id_resource FOREIGN KEY(resource_id) REFERENCES resource (id), 
    CONSTRAINT fk_wait_entry_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
    CONSTRAINT fk_wait_entry_person_id_person FOREIGN KEY(person_id) REFERENCES person (id), 
    CONSTRAINT fk_wait_entry_slot_id_slot FOREIGN KEY(slot_id) REFERENCES slot (id), 
    CONSTRAINT waitstate_state CHECK (state IN ('waiting', 'offered', 'taken', 'lapsed', 'left')), 
    CONSTRAINT fk_wait_entry_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id)
)
""",
    r"""
CREATE INDEX ix_wait_entry_person_id ON wait_entry (person_id)
""",
    r"""
CREATE INDEX ix_wait_entry_resource_id_state_created_at ON wait_entry (resource_id, state, created_at)
""",
    r"""
CREATE UNIQUE INDEX one_wait_per_time ON wait_entry (resource_id, starts_at, ends_at, organization_id) WHERE state = 'waiting'
""",
    r"""
CREATE TABLE readiness_proof (
    listing_id UUID NOT NULL, 
    report_id UUID NOT NULL, 
    level INTEGER NOT NULL, 
    level_before INTEGER, 
    state VARCHAR(40) NOT NULL, 
    decided_by UUID, 
    decided_at TIMESTAMP WITH TIME ZONE, 
    reason TEXT NOT NULL, 
    id UUID NOT NULL, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, 
    CONSTRAINT pk_readiness_proof PRIMARY KEY (id), 
    CONSTRAINT one_proof_per_report UNIQUE (report_id), 
    CONSTRAINT put_forward_level_on_scale CHECK (level BETWEEN 1 AND 9), 
    CONSTRAINT decided_proof_is_dated CHECK ((state = 'waiting') = (decided_at IS NULL)), 
    CONSTRAINT refused_proof_has_a_reason CHECK (state <> 'refused' OR reason <> ''), 
    CONSTRAINT fk_readiness_proof_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id), 
    CONSTRAINT fk_readiness_proof_report_id_test_report FOREIGN KEY(report_id) REFERENCES test_report (id), 
    CONSTRAINT proofstate_state CHECK (state IN ('waiting', 'accepted', 'refused')), 
    CONSTRAINT fk_readiness_proof_decided_by_person FOREIGN KEY(decided_by) REFERENCES person (id)
)
""",
    r"""
CREATE INDEX ix_readiness_proof_listing_id_state ON readiness_proof (listing_id, state)
""",
    r"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'hanqiao_app') THEN
        CREATE ROLE hanqiao_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'the role hanqiao_app must be made by the keeper of the server';
    WHEN duplicate_object OR unique_violation THEN
        NULL;
END $$
""",
    r"""
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'hanqiao_app') THEN
        GRANT USAGE ON SCHEMA public TO hanqiao_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO hanqiao_app;
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO hanqiao_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO hanqiao_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO hanqiao_app;
        REVOKE UPDATE, DELETE, TRUNCATE ON agreed_terms, approval_decision, audit_entry, award_payout, booking_event, deal_disclosure, deal_message, deal_view, facility_rating, former_terms, introduction, ledger_line, ledger_seal, ledger_transaction, manager_claim, manager_rating, milestone_event, offer_outcome, paper_party, payment_event, rule_change, signature, split_policy, terms_offer FROM hanqiao_app;
    END IF;
END $$
""",
    r"""
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'hanqiao_app') THEN
        GRANT hanqiao_app TO CURRENT_USER;
    END IF;
EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation THEN
    RAISE NOTICE 'let the keeper of the server grant hanqiao_app to this user';
END $$
"""
]


def upgrade() -> None:
    op.execute("SET lock_timeout = '5s'")
    connection = op.get_bind()
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)
