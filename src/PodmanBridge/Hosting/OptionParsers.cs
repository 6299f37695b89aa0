using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Stromboli.Crds.Values;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Parses values of the command line. An invalid value adds a sentence to the result.</summary>
internal static class OptionParsers
{
    /// <summary>Addresses of operators.</summary>
    public static Uri[] Addresses(ArgumentResult result)
    {
        var addresses = new List<Uri>();
        foreach (var token in result.Tokens)
        {
            if (Uri.TryCreate(token.Value, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
            {
                addresses.Add(address);
            }
            else
            {
                result.AddError(
                    $"--operator: '{token.Value}' is not an https address, such as https://stromboli-hub.stromboli-system:8443."
                );
            }
        }

        return [.. addresses];
    }

    /// <summary>An amount, 0 or more.</summary>
    public static long Quantity(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (new Quantity(text).WholeUnits is >= 0 and var value)
        {
            return value;
        }

        result.AddError($"'{text}' is not an amount, such as 2Gi or 500Mi.");
        return 0;
    }

    /// <summary>Networks.</summary>
    public static IPNetwork[] Networks(ArgumentResult result)
    {
        var networks = new List<IPNetwork>();
        foreach (var token in result.Tokens)
        {
            if (IPNetwork.TryParse(token.Value, out var network))
            {
                networks.Add(network);
            }
            else
            {
                result.AddError($"--deny-cidr: '{token.Value}' is not a network, such as 10.96.0.0/12.");
            }
        }

        return [.. networks];
    }

    /// <summary>Where to listen: <c>ADDRESS:PORT</c>, or <c>:PORT</c> for loopback.</summary>
    public static IPEndPoint? Listener(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        var colon = text.LastIndexOf(':');
        if (
            colon >= 0
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && AddressOf(text[..colon]) is { } address
        )
        {
            return new IPEndPoint(address, port);
        }

        result.AddError($"--health-listen: '{text}' is not [ADDRESS]:PORT, such as :9464 or 10.0.0.7:9464.");
        return null;
    }

    /// <summary>Registries, <c>HOST</c> or <c>HOST:PORT</c>.</summary>
    public static string[] Registries(ArgumentResult result)
    {
        var registries = new List<string>();
        foreach (var token in result.Tokens)
        {
            if (
                token.Value.Split(':') is [{ Length: > 0 } host, .. { Length: <= 1 } port]
                && Uri.CheckHostName(host) is not UriHostNameType.Unknown
                && port.All(text => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            )
            {
                registries.Add(token.Value);
            }
            else
            {
                result.AddError(
                    $"--allow-registry: '{token.Value}' is not HOST or HOST:PORT, such as registry.example.com or 10.0.0.5:5000."
                );
            }
        }

        return [.. registries];
    }

    /// <summary>Processors, in thousandths.</summary>
    public static long? Processors(ArgumentResult result)
    {
        if (new Quantity(result.Tokens.Single().Value).Thousandths is > 0 and var thousandths)
        {
            return thousandths;
        }

        result.AddError($"{result.Tokens.Single().Value} is not a number of processors, such as 3500m or 6.");
        return null;
    }

    /// <summary>Bytes, 1 or more.</summary>
    public static long? Bytes(ArgumentResult result)
    {
        var quantity = new Quantity(result.Tokens.Single().Value);
        if (quantity is { IsValid: true, WholeUnits: > 0 })
        {
            return quantity.WholeUnits;
        }

        result.AddError($"{result.Tokens.Single().Value} is not a number of bytes, such as 8Gi.");
        return null;
    }

    private static IPAddress? AddressOf(string host) =>
        host switch
        {
            "" or "localhost" => IPAddress.Loopback,
            ['[', .. var inner, ']'] => IPAddress.TryParse(inner, out var v6) ? v6 : null,
            _ => !host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host, out var v4) ? v4 : null,
        };

    /// <summary>Checks that a number, if there is one, is in a range, both ends included.</summary>
    public static void Range(OptionResult result, Option option, int from, int to)
    {
        if (result.GetValueOrDefault<int?>() is { } value && (value < from || value > to))
        {
            result.AddError($"{option.Name} must be from {from} to {to}, but is {value}.");
        }
    }

    /// <summary>Checks that values are KEY=VALUE, and no key is there twice.</summary>
    public static void Pairs(OptionResult result, Option<string[]> option)
    {
        var values = result.GetValueOrDefault<string[]>() ?? [];
        foreach (var value in values.Where(value => value.IndexOf('=') < 1))
        {
            result.AddError($"{option.Name} must be KEY=VALUE, but is '{value}'.");
        }

        if (values.Select(value => value.Split('=')[0]).GroupBy(key => key).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            result.AddError($"{option.Name} names '{twice.Key}' more than once.");
        }
    }
}
