using System.Globalization;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Tests.Storage;

public sealed class ReliefRulesTests
{
    /// <summary>
    /// What is on a disk with a floor of 640, and what goes, in order. <c>image ID LASTUSE</c>, <c>desired ID LASTUSE</c>, <c>pull NAME
    /// BEGAN</c>, <c>over NAMESPACE/NAME AMOUNT ENDED [LOG]</c>, <c>run NAMESPACE/NAME AMOUNT</c>, <c>kept NAMESPACE AMOUNT</c>; a
    /// <c>low</c> in front for a disk below its floor.
    /// </summary>
    public static TheoryData<string, string, string> Disks =>
        new()
        {
            { "nothing", "low", "" },
            {
                "unused images go first, the least recently used before others",
                "low; image b 2; image a 1; image c 3; over t/o 900 1; run t/r 900",
                "image a; image b; image c; workspace t/o; run t/r"
            },
            { "images that are desired ahead go last of all images", "low; desired w 1; image a 9", "image a; image w" },
            {
                "a pull goes before anybody's workspace, the longest first",
                "low; pull y 2; pull x 1; over t/o 900 1",
                "pull x; pull y; workspace t/o"
            },
            { "above the floor no pull and no run ends", "image a 1; pull x 1; over t/o 900 1; run t/r 900", "image a; workspace t/o" },
            { "the oldest workspace first", "low; over t/b 10 2; over t/a 10 1", "workspace t/a; workspace t/b" },
            { "the namespace that has most pays first", "low; over a/o 900 9; over b/o 100 1", "workspace a/o; workspace b/o" },
            {
                "nobody else's workspace goes while another namespace has more",
                "low; over a/o 1 9; run a/r 900; over b/o 100 1",
                "workspace a/o; run a/r; workspace b/o"
            },
            {
                "until that one has less",
                "low; over a/1 300 1; over a/2 300 2; over b/1 400 3; over b/2 100 4",
                "workspace a/1; workspace b/1; workspace a/2; workspace b/2"
            },
            {
                "the largest run of the namespace that has most, not the largest of all",
                "low; run a/1 400; run a/2 300; run b/1 500",
                "run a/1; run b/1; run a/2"
            },
            { "many small runs are a large namespace", "low; run a/1 8; run a/2 7; run b/1 10", "run a/1; run b/1" },
            { "what is less than a 64th of the floor is left alone", "low; run a/1 9; run b/1 3", "" },
            { "above the floor nobody pays for the runs of another", "run a/r 900; over b/o 100 1", "" },
            {
                "logs go after the workspaces, the longest first",
                "low; over t/a 10 1 50; over t/b 10 2 60; run t/r 900",
                "workspace t/a; workspace t/b; log t/b; log t/a; run t/r"
            },
            { "short logs stay", "low; over t/a 10 1 5; run t/r 900", "workspace t/a; run t/r" },
            {
                "what a session keeps counts for its namespace and stays",
                "low; kept a 800; over a/o 10 9; over b/o 100 1",
                "workspace a/o; workspace b/o"
            },
            { "and is passed over when nothing else of it can go", "low; kept a 800; run b/r 100", "run b/r" },
        };

    [Theory]
    [MemberData(nameof(Disks))]
    public void Plan_Disk_WhatGoesAndInWhatOrder(string why, string disk, string goes) =>
        Assert.True(goes == Text(disk), $"{why}: {Text(disk)}");

    private static string Text(string disk) =>
        string.Join(
            "; ",
            ReliefRules
                .Plan(Read(disk))
                .Select(removal =>
                    removal switch
                    {
                        DiskRemoval.Image(var id) => $"image {id}",
                        DiskRemoval.Pull(var name) => $"pull {name}",
                        DiskRemoval.Workspace(var key) => $"workspace {key.UID}",
                        DiskRemoval.Log(var key) => $"log {key.UID}",
                        DiskRemoval.Run(var key) => $"run {key.UID}",
                        _ => "?",
                    }
                )
        );

    private static DiskUse Read(string disk)
    {
        var words = disk.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToLookup(line => line[0]);
        return new DiskUse
        {
            IsLow = words.Contains("low"),
            Floor = 640,
            Images =
            [
                .. words["image"].Select(line => Image(line, desired: false)),
                .. words["desired"].Select(line => Image(line, desired: true)),
            ],
            Pulls = [.. words["pull"].Select(line => new DiskPull(line[1], Number(line[2])))],
            Finished =
            [
                .. words["over"]
                    .Select(line =>
                        Attempt(line) with
                        {
                            HasVolumes = true,
                            EndedAt = DateTimeOffset.FromUnixTimeSeconds(Number(line[3])),
                            Log = line.Length > 4 ? Number(line[4]) : 0,
                        }
                    ),
            ],
            Running = [.. words["run"].Select(Attempt)],
            Kept = [.. words["kept"].Select(line => new DiskKept(line[1], Number(line[2])))],
        };
    }

    private static DiskImage Image(string[] line, bool desired) =>
        new(line[1], DateTimeOffset.FromUnixTimeSeconds(Number(line[2])), desired);

    private static DiskAttempt Attempt(string[] line) =>
        new(new AttemptKey(line[1], 1), line[1].Split('/')[0]) { Amount = Number(line[2]) };

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
