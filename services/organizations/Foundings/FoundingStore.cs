using Google.Protobuf;
using Governance.Common.V1;
using Governance.Organizations.V1;
using Governance.Platform.Data;
using Governance.Platform.Rpc;
using Npgsql;

namespace Governance.Organizations;

static class FoundingStore
{
    const string Founding =
        """
        select id, settlement_id, division, kind, name, approval_date, approval_document, state, due_date, due_citation,
               completion_date, procedure_id, version
        from foundings
        """;

    /// <summary>Saves a new founding; false when its id is taken.</summary>
    public static async Task<bool> Insert(this Transaction transaction, Founding founding) => await transaction.Execute(
        """
        insert into foundings (id, settlement_id, division, kind, name, approval_date, approval_document, state, due_date, due_citation,
                               completion_date, procedure_id, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13) on conflict (id) do nothing
        """,
        founding.Id, founding.SettlementId, founding.Division, founding.Facts.Kind.ToString(), founding.Facts.Name,
        founding.Facts.ApprovalDate, founding.Facts.ApprovalDocument, founding.State.ToString(), founding.DueDate,
        JsonFormatter.Default.Format(founding.DueCitation),
        founding.CompletionDate, founding.ProcedureId, founding.Version) == 1;

    public static Task Update(this Transaction transaction, Founding founding) => transaction.Execute(
        "update foundings set state = $2, completion_date = $3, procedure_id = $4, version = $5 where id = $1",
        founding.Id, founding.State.ToString(), founding.CompletionDate, founding.ProcedureId, founding.Version);

    public static Task<Founding?> FindFounding(this Transaction transaction, Guid id) =>
        transaction.First(Founding + " where id = $1", Read, id);

    public static async Task<Founding> GetFounding(this Transaction transaction, Guid id) =>
        await transaction.FindFounding(id) ?? throw new NotFoundException("founding", id.ToString());

    /// <summary>The founding, which nobody else changes before this transaction ends.</summary>
    public static async Task<Founding> LockFounding(this Transaction transaction, Guid id) =>
        await transaction.First(Founding + " where id = $1 for update", Read, id) ?? throw new NotFoundException("founding", id.ToString());

    public static Task<List<Founding>> ListFoundings(
        this Transaction transaction, Guid? settlement, FoundingState state, bool overdue, Page page) => transaction.Query(
        Founding +
        """
         where ($1::uuid is null or settlement_id = $1) and ($2 = 'Unspecified' or state = $2)
          and (not $3 or state = 'Running' and due_date < $4) and id > $5
        order by id limit $6
        """,
        Read, settlement, state.ToString(), overdue, transaction.Today, page.AfterId, page.Limit);

    static Founding Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2),
        new FoundingFacts(Enum.Parse<FoundingKind>(row.GetString(3)), row.GetString(4), row.GetFieldValue<DateOnly>(5), row.GetString(6)),
        Enum.Parse<FoundingState>(row.GetString(7)), row.GetFieldValue<DateOnly>(8), PolicyCitation.Parser.ParseJson(row.GetString(9)),
        row.GetFieldValue<DateOnly?>(10), row.GetGuid(11), row.GetInt64(12));
}
