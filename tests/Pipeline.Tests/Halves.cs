using System.Collections;

namespace Stromboli.Pipeline.Tests;

/// <summary>Puts half surrogate pairs into the texts of a spec, in place of the marks that its JSON has.</summary>
internal static class Halves
{
    /// <summary>The value with the halves in it.</summary>
    public static object? Put(object? value)
    {
        switch (value)
        {
            case string text:
                return text.Replace(HostileTexts.HighHalf, '\ud800').Replace(HostileTexts.LowHalf, '\udc00');
            case List<string> texts:
                return texts.ConvertAll(text => (string)Put(text)!);
            case Dictionary<string, string> map:
                return map.ToDictionary(pair => pair.Key, pair => (string)Put(pair.Value)!);
            case IEnumerable items:
                foreach (var item in items)
                {
                    Put(item);
                }

                return value;
            case { } record when record.GetType() is { IsClass: true, Namespace: "Stromboli.Crds.Runs" } type:
                foreach (var property in type.GetProperties().Where(property => property.CanWrite))
                {
                    property.SetValue(record, Put(property.GetValue(record)));
                }

                return value;
            default:
                return value;
        }
    }
}
