using System.Text.RegularExpressions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes.Tests.Events;

public sealed class EventFactoryTests
{
    [Theory]
    [InlineData("a")]
    [InlineData(".a")]
    [InlineData("-a")]
    public void Make_NameOfAnyLength_IsAValidName(string unit)
    {
        for (var length = 1; length <= 253; length++)
        {
            var name = "n" + string.Concat(Enumerable.Repeat(unit, 253))[..(length - 1)].TrimEnd('.', '-');
            var regarding = new ObjectReference { Namespace = "ns", Name = name };
            var key = EventKey.Of(regarding, EventType.Normal, "Started", "Start", "It started.");

            var made = EventFactory
                .Make(
                    new() { ReportingController = "example.com/test", ReportingInstance = "me" },
                    regarding,
                    null,
                    key,
                    DateTimeOffset.UnixEpoch,
                    long.MaxValue
                )
                .Metadata.Name!;

            Assert.InRange(made.Length, 1, 253);
            Assert.Matches(
                new Regex(
                    @"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z",
                    RegexOptions.ExplicitCapture,
                    TimeSpan.FromSeconds(1)
                ),
                made
            );
        }
    }
}
