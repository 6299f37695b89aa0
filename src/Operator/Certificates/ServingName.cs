using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Stromboli.Operator.Certificates;

/// <summary>A DNS name or an address under which bridges and the API server reach the operator.</summary>
internal sealed partial record ServingName
{
    private const string StreamsService = "stromboli-streams";

    private readonly IPAddress? _address;
    private readonly string _name;

    private ServingName(string name, IPAddress? address)
    {
        _name = name;
        _address = address;
    }

    /// <summary>The names that the hub always has in its namespace, and further names.</summary>
    public static IReadOnlyList<ServingName> ForHub(string @namespace, IEnumerable<ServingName> given) =>
        [
            .. new[] { Dns("stromboli-hub"), Dns($"stromboli-hub.{@namespace}"), Dns($"stromboli-hub.{@namespace}.svc") }
                .Concat(given)
                .Distinct(),
        ];

    /// <summary>The names under which the API server and other replicas reach the streams.</summary>
    public static IReadOnlyList<ServingName> ForStreams(string @namespace) =>
        [Dns(StreamsService), Dns($"{StreamsService}.{@namespace}"), Dns(StreamsHost(@namespace))];

    /// <summary>The name that the API server expects in the certificate.</summary>
    public static string StreamsHost(string @namespace) => $"{StreamsService}.{@namespace}.svc";

    /// <summary>Parses a DNS name or an address.</summary>
    public static bool TryParse(string text, out ServingName? name)
    {
        name =
            IPAddress.TryParse(text, out var address) ? new ServingName(address.ToString(), address)
            : text.Length <= 253 && DnsName().IsMatch(text) ? Dns(text.ToLowerInvariant())
            : null;
        return name is not null;
    }

    /// <summary>Adds the name to a certificate.</summary>
    public void AddTo(SubjectAlternativeNameBuilder builder)
    {
        if (_address is not null)
        {
            builder.AddIpAddress(_address);
        }
        else
        {
            builder.AddDnsName(_name);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _name;

    private static ServingName Dns(string name) => new(name, null);

    [GeneratedRegex(
        @"^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*\z",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex DnsName();
}
