using Governance.Common.V1;
using Governance.Monitoring.V1;
using Governance.Platform;
using Governance.Platform.Data;
using Governance.Platform.Directories;
using Governance.Platform.Rpc;
using Grpc.Core;

namespace Governance.Monitoring;

sealed partial class HouseholdsService
{
    public override async Task<V1.Household> RegisterHousehold(RegisterHouseholdRequest request, ServerCallContext context) =>
        await database.Transact<V1.Household?>(context, async transaction =>
        {
            var fields = new Fields();
            var household = Parse(fields, fields.Id("household_id", request.HouseholdId), request.Household, transaction.Today);
            fields.Check();

            if (await transaction.FindHousehold(household.Id) is not null)
            {
                var known = await transaction.HouseholdToShow(household.Id);
                ToContract(known, masked: false).SameAs(ToContract(known with { Household = household.AlignedTo(known.Household) },
                    masked: false));
                return ToContract(known);
            }

            household = household.Register();
            await RequireFreeNumber(transaction, household.Number);
            if (await AreElsewhere(transaction, household, household.Members))
                return null;
            await RequireHome(transaction, household.Home);
            await transaction.Insert(household);
            transaction.Publish(new HouseholdRegistered { Household = household.Facts() }, household.Id.ToString(), household.Division,
                household.Version);
            return ToContract(await transaction.HouseholdToShow(household.Id));
        }) ?? throw Rules.RegisteredElsewhere.Broken();

    /// <summary>The village and the settlement are in the directory, and the settlement lies in the village's county.</summary>
    internal static async Task RequireHome(Transaction transaction, Home home)
    {
        Rules.UnknownDivision.Require(await transaction.DivisionExists(home.Division), home.Division);
        if (home.Settlement is { } id)
        {
            var settlement = await transaction.Settlement(id);
            Rules.UnknownSettlement.Require(settlement is not null && County(settlement.Division) == County(home.Division), id);
        }

        static string County(string division) => Divisions.At(Level.County, division);
    }

    static async Task RequireFreeNumber(Transaction transaction, string number)
    {
        if (await transaction.NumberIsHere(number) is { } here)
            throw here ? new AlreadyExistsException("household", "number") : Rules.NumberElsewhere.Broken();
    }

    /// <summary>
    /// Whether people who are to join a household are registered in another division; throws when they are registered here. The transaction
    /// that finds them elsewhere does nothing but note it for who covers both divisions: commit it, then refuse.
    /// </summary>
    static async Task<bool> AreElsewhere(Transaction transaction, Household household, params IEnumerable<Member> members)
    {
        byte[][] hashes = [.. members.Select(member => member.Number.Hash)];
        if ((await transaction.RegisteredPeople(hashes)).FirstOrDefault() is not { } registered)
            return false;
        if (registered.Number is { } number)
            throw Rules.RegisteredAlready.Broken(number);
        await transaction.NoteDuplicates(household, hashes);
        return true;
    }
}
