using System.Net;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Governance.Contracts;
using Governance.Gateway.OpenApi;
using Governance.Gateway.Transcoding;
using Xunit;

namespace Governance.Gateway.Tests;

/// <summary>What the gateway tells about the suite's interface.</summary>
public sealed class DescriptionTests(GatewayFixture gateway)
{
    static readonly Schemas _schemas = new(Contract.Described);
    static readonly IReadOnlyList<Binding> _bindings = Binding.In(Contract.Described, _schemas);
    static readonly JsonElement _openApi = JsonDocument.Parse(
        OpenApiDocument.Write(_bindings, _schemas, "https://identity.example/realms/governance")).RootElement;
    static readonly JsonElement _asyncApi = JsonDocument.Parse(AsyncApiDocument.Write(Contract.Described, _schemas)).RootElement;

    [Fact]
    public void The_contracts_can_be_routed() => Assert.NotEmpty(new Router(_bindings).Find("GET", "/v1/divisions/61").Segments);

    [Fact]
    public void Every_rpc_that_is_bound_has_an_operation_with_its_permission_and_its_words()
    {
        var operations = Operations().ToList();
        Assert.Equal(_bindings.Count, operations.Count);
        var import = operations.Single(operation => operation.Path == "/v1/divisions:import");
        Assert.Equal("divisions.import", import.Operation.GetProperty("x-permission").GetString());
        Assert.StartsWith("Takes a list of divisions", import.Operation.GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.True(import.Operation.GetProperty("requestBody").GetProperty("content").TryGetProperty("multipart/form-data", out _));
        var register = operations.Single(operation => operation.Path == "/v1/settlements" && operation.Method == "post").Operation;
        // The gateway makes the id when the caller gives none.
        var id = register.GetProperty("parameters").EnumerateArray()
            .Single(parameter => parameter.GetProperty("name").GetString() == "settlementId");
        Assert.False(id.TryGetProperty("required", out _));
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        foreach (var document in (JsonElement[])[_openApi, _asyncApi])
        {
            var references = References(document).ToList();
            Assert.NotEmpty(references);
            foreach (var reference in references)
            {
                var target = document;
                foreach (var step in reference.Split('/').Skip(1))
                    Assert.True(target.TryGetProperty(step, out target), reference);
            }
        }
    }

    [Fact]
    public void Every_path_variable_is_a_parameter_and_operation_ids_are_unique()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, _, operation) in Operations())
        {
            Assert.True(ids.Add(operation.GetProperty("operationId").GetString()!), path);
            var variables = path.Split('{').Skip(1).Select(part => part[..part.IndexOf('}', StringComparison.Ordinal)])
                .Order(StringComparer.Ordinal);
            var parameters = operation.GetProperty("parameters").EnumerateArray()
                .Where(parameter => parameter.GetProperty("in").GetString() == "path");
            Assert.Equal(
                variables, parameters.Select(parameter => parameter.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
            Assert.True(operation.GetProperty("responses").TryGetProperty("200", out _));
        }
    }

    [Fact]
    public void Every_call_that_registers_something_gets_an_id_when_the_caller_gives_none() => Assert.Equal(
        [
            "governance.monitoring.v1.Aids.GrantAid aidId",
            "governance.monitoring.v1.Aids.ImportDisasters importId",
            "governance.monitoring.v1.Briefings.CreateBriefing briefingId",
            "governance.monitoring.v1.Clearances.RequestClearance clearanceId",
            "governance.monitoring.v1.Clues.ReportClue clueId",
            "governance.monitoring.v1.DropOuts.ReportDropOut dropOutId",
            "governance.monitoring.v1.EducationAids.RegisterEducationAid educationAidId",
            "governance.monitoring.v1.Enrolments.CompareEnrolments enrolmentComparisonId",
            "governance.monitoring.v1.Enrolments.ImportEnrolments importId",
            "governance.monitoring.v1.Exits.NominateExit exitId",
            "governance.monitoring.v1.FamilyDoctors.RegisterIllness illnessId",
            "governance.monitoring.v1.FamilyDoctors.SignDoctor signingId",
            "governance.monitoring.v1.HandOvers.ProposeHandOver handOverId",
            "governance.monitoring.v1.Households.AddMember memberId",
            "governance.monitoring.v1.Households.ImportHouseholds importId",
            "governance.monitoring.v1.Households.RegisterHousehold householdId",
            "governance.monitoring.v1.Incomes.ImportIncomes importId",
            "governance.monitoring.v1.Insurances.ImportInsurances importId",
            "governance.monitoring.v1.KeyVillages.ImportVillageFigures importId",
            "governance.monitoring.v1.KeyVillages.RegisterKeyVillage keyVillageId",
            "governance.monitoring.v1.Lists.AssignReviewer reviewerId",
            "governance.monitoring.v1.Lists.ImportList importId",
            "governance.monitoring.v1.Lists.RegisterList departmentListId",
            "governance.monitoring.v1.LowIncome.ImportLowIncome importId",
            "governance.monitoring.v1.LowIncome.RecognizeLowIncome recognitionId",
            "governance.monitoring.v1.Plans.AddMeasure measureId",
            "governance.monitoring.v1.Plans.EnterPlan planId",
            "governance.monitoring.v1.Sweeps.OpenSweep sweepId",
            "governance.monitoring.v1.Sweeps.ReportUnregistered unregisteredId",
            "governance.monitoring.v1.Verifications.SubmitVerifications submissionId",
            "governance.organizations.v1.Divisions.ImportDivisions importId",
            "governance.organizations.v1.Foundings.ApproveFounding foundingId",
            "governance.organizations.v1.Grids.RegisterBuilding buildingId",
            "governance.organizations.v1.Grids.RegisterGrid gridId",
            "governance.organizations.v1.Organizations.RegisterOrganization organizationId",
            "governance.organizations.v1.People.RegisterPerson personId",
            "governance.organizations.v1.Settlements.RegisterSettlement settlementId",
        ],
        _bindings.Where(binding => binding.Id is not null).Select(binding => $"{binding.Rpc.FullName} {binding.Id}")
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Required_and_output_only_fields_are_marked()
    {
        var settlement = _openApi.GetProperty("components").GetProperty("schemas").GetProperty("governance.organizations.v1.Settlement");
        Assert.Contains("name", settlement.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.True(settlement.GetProperty("properties").GetProperty("scale").GetProperty("readOnly").GetBoolean());
        Assert.Equal(
            "Resettled people.", settlement.GetProperty("properties").GetProperty("population").GetProperty("description").GetString());
    }

    [Fact]
    public void Every_event_is_a_message_of_its_topic()
    {
        Assert.Equal("3.0.0", _asyncApi.GetProperty("asyncapi").GetString());
        var changed = _asyncApi.GetProperty("channels").GetProperty("organizations").GetProperty("messages").GetProperty("DivisionChanged");
        Assert.Equal("#/components/messages/governance.organizations.v1.DivisionChanged", changed.GetProperty("$ref").GetString());
        var data = _asyncApi.GetProperty("components").GetProperty("messages").GetProperty("governance.organizations.v1.DivisionChanged")
            .GetProperty("payload").GetProperty("properties");
        Assert.Equal("governance.organizations.v1.DivisionChanged", data.GetProperty("type").GetProperty("const").GetString());
        // What every service tells alike is on every topic.
        Assert.True(_asyncApi.GetProperty("channels").GetProperty("monitoring").GetProperty("messages")
            .TryGetProperty("ProcedureStepOverdue", out _));
        Assert.False(_asyncApi.GetProperty("channels").TryGetProperty("common", out _));
        // Part of other events, no event itself.
        Assert.False(
            _asyncApi.GetProperty("channels").GetProperty("monitoring").GetProperty("messages").TryGetProperty("HouseholdFacts", out _));
    }

    [Fact]
    public void The_generated_and_the_described_contracts_are_the_same_but_for_comments() =>
        Assert.Equal(
            Contract.Files.Select(Bare).Order(StringComparer.Ordinal), Contract.Described.Select(Bare).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("/openapi.json", "application/json")]
    [InlineData("/asyncapi.json", "application/json")]
    [InlineData("/docs/index.html", "text/html; charset=utf-8")]
    [InlineData("/docs/swagger-ui-bundle.js", "text/javascript")]
    public async Task The_descriptions_are_open_to_all(string path, string type)
    {
        using var http = GatewayFixture.Client(gateway.Rest.ToString());
        using var response = await http.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
    }

    /// <summary>A file without its comments and without the JSON names that generated code computes.</summary>
    static string Bare(FileDescriptor file)
    {
        var proto = file.ToProto();
        proto.SourceCodeInfo = null;
        foreach (var field in proto.MessageType.SelectMany(message => message.NestedType.Append(message))
            .SelectMany(message => message.Field).Concat(proto.Extension))
            field.ClearJsonName();
        return proto.ToString();
    }

    static IEnumerable<(string Path, string Method, JsonElement Operation)> Operations() =>
        from path in _openApi.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (path.Name, operation.Name, operation.Value);

    static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" && property.Value.ValueKind == JsonValueKind.String
                ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
