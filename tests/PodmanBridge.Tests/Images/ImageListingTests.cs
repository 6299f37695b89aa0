using Stromboli.Crds.Nodes;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Tests.Images;

public sealed class ImageListingTests
{
    [Fact]
    public void Of_Image_StandsThereOnceForEachName()
    {
        var listed = Of(Image("id-1", "registry.example.com/b:1", "registry.example.com/a:1"), Image("id-2"));

        Assert.Equal(["registry.example.com/a:1", "registry.example.com/b:1"], listed.Select(image => image.Name));
        Assert.All(listed, image => Assert.Equal(("id-1", ImageCompatibility.Unknown), (image.ID, image.Compatibility)));
    }

    [Fact]
    public void Of_PulledByItsDigest_HasThatName()
    {
        var name = "registry.example.com/a@sha256:" + new string('0', 64);
        Assert.Equal([name], Of(Image("id") with { Digests = [name] }).Select(image => image.Name));
    }

    [Fact]
    public void Of_ManyImages_KeepsThoseUsedLastAndThenTheYoungest()
    {
        var images = Enumerable
            .Range(0, 100)
            .Select(i => Image($"id-{i}", $"registry.example.com/a{i:000}:1") with { Created = 1000 + i })
            .ToArray();

        var listed = ImageListing.Of(images, _ => null, id => id is "id-3" ? 1 : null).Select(image => image.Name).ToList();

        Assert.Equal(NodeLimits.Images, listed.Count);
        Assert.Equal("registry.example.com/a003:1", listed[0]);
        Assert.Equal("registry.example.com/a051:1", listed[1]);
        Assert.Equal("registry.example.com/a099:1", listed[^1]);
    }

    [Fact]
    public void Of_ManyAndLongLabels_AreBounded()
    {
        var labels = Enumerable.Range(0, 100).ToDictionary(i => $"l{i:000}", i => new string('x', i < 3 ? 300 : 40));

        var told = Assert.Single(Of(Image("id", "registry.example.com/a:1") with { Labels = labels })).Labels!;

        Assert.InRange(told.Count, 1, NodeLimits.ImageLabels);
        Assert.InRange(told.Sum(label => label.Key.Length + label.Value.Length), 1, NodeLimits.ImageLabelBytes);
    }

    [Fact]
    public void Of_WhatWasFound_IsTold()
    {
        var content = new ImageContent
        {
            Compatibility = ImageCompatibility.Incompatible,
            Message = "why",
            Tools = ["git"],
        };

        var listed = Assert.Single(
            ImageListing.Of([Image("id", "registry.example.com/a:1") with { Created = 60, Size = -1 }], _ => content, _ => null)
        );

        Assert.Equal((ImageCompatibility.Incompatible, "why", 0L), (listed.Compatibility, listed.Message, listed.Size));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMinutes(1), listed.Created);
        Assert.Equal(["git"], listed.Tools);
    }

    private static ImageSummary Image(string id, params string[] names) => new() { ID = id, Names = names };

    private static IReadOnlyList<NodeImage> Of(params ImageSummary[] images) => ImageListing.Of(images, _ => null, _ => null);
}
