using Governance.Organizations.V1;
using Grpc.Core;
using Xunit;
using static Governance.Organizations.Tests.OrganizationsFixture;

namespace Governance.Organizations.Tests;

public sealed class GridsTests(OrganizationsFixture service) : IClassFixture<OrganizationsFixture>
{
    [Fact]
    public async Task Settlement_grid_building_and_unit_each_have_a_named_person()
    {
        var settlement = await service.Settlement();
        var (worker, head, unitHead) = (await service.Person("示例网格员"), await service.Person("示例楼栋长"), await service.Person("示例单元长"));
        var grid = await service.Grids(Township).RegisterGridAsync(new()
        {
            GridId = NewId(),
            Grid = new() { SettlementId = settlement.Id, Name = "第一网格", WorkerId = worker.Id },
        });
        Assert.Equal(("示例网格员", Village, 1L), (grid.WorkerName, grid.Division, grid.Version));

        var building = await service.Grids(Township).RegisterBuildingAsync(new()
        {
            BuildingId = NewId(),
            Building = new()
            {
                GridId = grid.Id,
                Number = "1号楼",
                HeadId = head.Id,
                Units =
                {
                    new BuildingUnit { Number = "2单元", HeadId = unitHead.Id },
                    new BuildingUnit { Number = "1单元", HeadId = unitHead.Id },
                },
            },
        });
        Assert.Equal(("示例楼栋长", settlement.Id), (building.HeadName, building.SettlementId));
        Assert.Equal(["2单元", "1单元"], building.Units.Select(unit => unit.Number));
        Assert.Equal(grid, await service.Grids(Village).GetGridAsync(new() { GridId = grid.Id }));
        Assert.Equal(building, await service.Grids(Village).GetBuildingAsync(new() { BuildingId = building.Id }));
        Assert.Equal([grid], (await service.Grids().ListGridsAsync(new() { SettlementId = settlement.Id })).Grids);
        Assert.Equal([building], (await service.Grids().ListBuildingsAsync(new() { SettlementId = settlement.Id })).Buildings);
        Assert.Equal([building], (await service.Grids().ListBuildingsAsync(new() { GridId = grid.Id })).Buildings);
    }

    [Fact]
    public async Task Events_about_grids_buildings_and_people_name_nobody()
    {
        var settlement = await service.Settlement();
        var head = await service.Person("不应外传");
        var grid = await service.Grid(settlement.Id);
        await service.Grids().RegisterBuildingAsync(new()
        {
            BuildingId = NewId(),
            Building = new() { GridId = grid.Id, Number = "9号楼", HeadId = head.Id },
        });
        var events = (await service.Events()).ConvertAll(told => told.GetRawText());
        Assert.Contains(events, told => told.Contains("v1.PersonChanged", StringComparison.Ordinal));
        Assert.Contains(events, told => told.Contains("v1.GridChanged", StringComparison.Ordinal));
        Assert.Contains(events, told => told.Contains("v1.BuildingChanged", StringComparison.Ordinal));
        Assert.DoesNotContain(events, told => told.Contains("不应外传", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Registering_the_same_again_answers_with_the_first()
    {
        var settlement = await service.Settlement();
        var worker = await service.Person();
        var grid = new RegisterGridRequest
        {
            GridId = NewId(),
            Grid = new() { SettlementId = settlement.Id, Name = "甲", WorkerId = worker.Id },
        };
        Assert.Equal(await service.Grids().RegisterGridAsync(grid), await service.Grids().RegisterGridAsync(grid));
        grid.Grid.Name = "乙";
        await Refused.AsTaken("name", () => service.Grids().RegisterGridAsync(grid));

        var building = new RegisterBuildingRequest
        {
            BuildingId = NewId(),
            Building = new()
            {
                GridId = grid.GridId,
                Number = "1",
                HeadId = worker.Id,
                Units = { new BuildingUnit { Number = "1", HeadId = worker.Id } },
            },
        };
        Assert.Equal(await service.Grids().RegisterBuildingAsync(building), await service.Grids().RegisterBuildingAsync(building));
        building.Building.Units[0].Number = "2";
        await Refused.AsTaken("units", () => service.Grids().RegisterBuildingAsync(building));

        var person = new RegisterPersonRequest { PersonId = worker.Id, Person = new() { Name = worker.Name, Division = worker.Division } };
        Assert.Equal(worker, await service.People().RegisterPersonAsync(person));
        person.Person.Name = "别人";
        await Refused.AsTaken("name", () => service.People().RegisterPersonAsync(person));
    }

    [Fact]
    public async Task Names_and_numbers_are_there_once()
    {
        var settlement = await service.Settlement();
        var grid = await service.Grid(settlement.Id, "甲");
        await Refused.By("ORG-20.grid_name", () => service.Grid(settlement.Id, "甲"), StatusCode.AlreadyExists);
        await service.Grid((await service.Settlement()).Id, "甲");

        var other = await service.Grid(settlement.Id, "乙");
        await Building(grid.Id, "1号楼");
        await Refused.By("ORG-20.building_number", () => Building(other.Id, "1号楼"), StatusCode.AlreadyExists);
        await Refused.By("ORG-20.unit_number", () => Building(grid.Id, "2号楼", "1单元", "1单元"));
    }

    [Fact]
    public async Task A_person_must_be_known_and_within_the_callers_division()
    {
        var settlement = await service.Settlement();
        var stranger = await service.Person(division: "619902100001");
        foreach (var id in (string[])[NewId(), stranger.Id])
        {
            await Refused.By("ORG-20.person_known", () => service.Grids().RegisterGridAsync(new()
            {
                GridId = NewId(), Grid = new() { SettlementId = settlement.Id, Name = "甲", WorkerId = id },
            }));
        }
    }

    [Fact]
    public async Task A_building_belongs_to_one_grid_and_moves_within_its_settlement()
    {
        var settlement = await service.Settlement();
        var (first, second) = (await service.Grid(settlement.Id, "甲"), await service.Grid(settlement.Id, "乙"));
        var building = await Building(first.Id, "1号楼", "1单元");
        var moved = await service.Grids().UpdateBuildingAsync(new()
        {
            Building = new() { Id = building.Id, GridId = second.Id },
            UpdateMask = Mask("grid_id"),
        });
        Assert.Equal((second.Id, "1号楼", 2L), (moved.GridId, moved.Number, moved.Version));
        Assert.Empty((await service.Grids().ListBuildingsAsync(new() { GridId = first.Id })).Buildings);

        var elsewhere = await service.Grid((await service.Settlement()).Id);
        await Refused.By("ORG-20.same_settlement", () =>
            service.Grids().UpdateBuildingAsync(new()
            {
                Building = new() { Id = building.Id, GridId = elsewhere.Id },
                UpdateMask = Mask("grid_id"),
            }));
    }

    [Fact]
    public async Task Another_worker_takes_over_and_is_named_everywhere()
    {
        var grid = await service.Grid((await service.Settlement()).Id);
        var successor = await service.Person("示例接任");
        var changed = await service.Grids().UpdateGridAsync(new()
        {
            Grid = new() { Id = grid.Id, WorkerId = successor.Id, Version = 1 },
            UpdateMask = Mask("worker_id"),
        });
        Assert.Equal(("示例接任", grid.Name, 2L), (changed.WorkerName, changed.Name, changed.Version));
        await Refused.With(StatusCode.Aborted,
            () => service.Grids().UpdateGridAsync(new()
            {
                Grid = new() { Id = grid.Id, Name = "x", Version = 1 },
                UpdateMask = Mask("name"),
            }));

        await service.People().UpdatePersonAsync(new() { Person = new() { Id = successor.Id, Name = "示例改名" }, UpdateMask = Mask("name") });
        Assert.Equal("示例改名", (await service.Grids().GetGridAsync(new() { GridId = grid.Id })).WorkerName);
        Assert.Equal("示例改名", (await service.People().GetPersonAsync(new() { PersonId = successor.Id })).Name);
    }

    [Fact]
    public async Task What_lies_outside_the_callers_division_is_not_there()
    {
        var settlement = await service.Settlement();
        var grid = await service.Grid(settlement.Id);
        var building = await Building(grid.Id, "1号楼");
        var person = await service.Person();
        var (grids, people) = (service.Grids(Neighbour), service.People(Neighbour));
        await Refused.With(StatusCode.NotFound, () => grids.GetGridAsync(new() { GridId = grid.Id }));
        await Refused.With(StatusCode.NotFound, () => grids.GetBuildingAsync(new() { BuildingId = building.Id }));
        await Refused.With(StatusCode.NotFound, () => people.GetPersonAsync(new() { PersonId = person.Id }));
        await Refused.With(StatusCode.NotFound, () => grids.UpdateGridAsync(new() { Grid = grid, UpdateMask = Mask("name") }));
        await Refused.With(StatusCode.NotFound,
            () => grids.UpdateBuildingAsync(new() { Building = building, UpdateMask = Mask("number") }));
        await Refused.With(StatusCode.NotFound, () => people.UpdatePersonAsync(new() { Person = person, UpdateMask = Mask("name") }));
        await Refused.With(StatusCode.NotFound, () => service.Grid(settlement.Id, "越界", Neighbour));
        await Refused.With(StatusCode.NotFound,
            () => grids.RegisterBuildingAsync(new()
            {
                BuildingId = NewId(),
                Building = new() { GridId = grid.Id, Number = "1", HeadId = person.Id },
            }));
        await Refused.With(StatusCode.PermissionDenied,
            () => people.RegisterPersonAsync(new() { PersonId = NewId(), Person = new() { Name = "越界", Division = Village } }));
        Assert.Empty((await grids.ListGridsAsync(new())).Grids);
        Assert.Empty((await grids.ListBuildingsAsync(new())).Buildings);
        Assert.DoesNotContain((await people.ListPeopleAsync(new())).People,
            other => other.Division.StartsWith(County, StringComparison.Ordinal));
    }

    [Fact]
    public async Task People_are_listed_by_division_page_by_page()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add((await service.Person(division: "619901200004")).Id);
        var first = await service.People().ListPeopleAsync(new() { Division = "619901200004", PageSize = 2 });
        var second = await service.People().ListPeopleAsync(new()
        {
            Division = "619901200004", PageSize = 2, PageToken = first.NextPageToken,
        });
        Assert.Equal(ids, first.People.Concat(second.People).Select(person => person.Id));
        Assert.Equal("", second.NextPageToken);
    }

    async Task<V1.Building> Building(string grid, string number, params string[] units)
    {
        var head = (await service.Person()).Id;
        return await service.Grids().RegisterBuildingAsync(new()
        {
            BuildingId = NewId(),
            Building = new()
            {
                GridId = grid,
                Number = number,
                HeadId = head,
                Units = { units.Select(unit => new BuildingUnit { Number = unit, HeadId = head }) },
            },
        });
    }
}
