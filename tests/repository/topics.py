"""The ids every other part relies on, by kind. They are stable: renaming one breaks texts, data, evaluations and clients."""

KINDS = {
    "chat": "greet goodbye thank affirm deny ask_bot ask_privacy ask_help out_of_scope",
    "service": "talk_to_person find_hotline change_language delete_my_data subscribe unsubscribe start_quiz self_check "
    "give_feedback",
    "report": "report_immediate_danger report_confinement report_documents_taken report_violence report_threats report_debt "
    "report_forced_work report_forced_marriage report_sexual_exploitation report_missing_person report_suspected_case "
    "report_self_harm",
    "info": "what_is_trafficking trafficking_or_smuggling warning_signs consent_and_deception how_recruiters_work "
    "debt_bondage forced_labour scam_compounds child_trafficking missing_children_dna law_and_penalties victim_rights "
    "afraid_of_police help_someone_else myths curse_and_oath marriage_broker_risks marriage_broker_law register_marriage "
    "bride_price rights_in_marriage foreign_spouse_stay domestic_violence_help safe_migration_steps check_job_offer "
    "recruitment_fees work_contract keep_documents fake_documents visas_and_permits embassy_help unpaid_wages_help "
    "stay_in_touch going_home left_behind_children womens_home emotional_support skills_and_jobs girls_schooling equality "
    "campaign_news share_materials",
}
TOPICS = {topic: kind for kind, topics in KINDS.items() for topic in topics.split()}
