using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Stromboli.Testing.ApiServer;

public sealed partial class FakeApiServer
{
    // The rest of a list after a page, by continue token. All pages come from the snapshot of the first page.
    private readonly ConcurrentDictionary<string, (long Revision, List<JsonObject> Items)> _pages = [];

    /// <summary>Makes every continue token expire, as compaction does.</summary>
    public void ExpirePages() => _pages.Clear();

    private JsonObject Answer(HttpContext context, RequestPath path, RecordedRequest request)
    {
        var body = request.Body.Length > 0 ? (JsonObject?)(JsonNode.Parse(request.Body) as JsonObject) : null;
        return request.Method switch
        {
            "GET" when path.Name is null => List(context, path),
            "GET" => Objects.Get(path.Resource, path.Namespace, path.Name)
                ?? throw new ApiFailureException(404, "NotFound", $"{path.Plural} \"{path.Name}\" not found"),
            "POST" => Create(path, body!),
            "PUT" => Objects.Update(path, _ => body!),
            "PATCH" when request.ContentType!.StartsWith("application/apply-patch", StringComparison.Ordinal) => Apply(path, body!),
            "PATCH" when request.ContentType!.StartsWith("application/merge-patch", StringComparison.Ordinal) => Objects.Update(
                path,
                old => Patched(old, body!)
            ),
            "DELETE" => Objects.Delete(path, (string?)body?["preconditions"]?["uid"], (string?)body?["preconditions"]?["resourceVersion"]),
            _ => throw new ApiFailureException(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        };
    }

    // The version in the patch is a precondition and is not stored.
    private static JsonObject Patched(JsonObject old, JsonObject patch)
    {
        if (patch["metadata"]?["resourceVersion"] is null)
        {
            (old["metadata"] as JsonObject)?.Remove("resourceVersion");
        }

        return MergePatch.Apply(old, patch);
    }

    private JsonObject Create(RequestPath path, JsonObject body) =>
        Answers.TryGetValue(path.Subresource is null ? path.Plural : $"{path.Plural}/{path.Subresource}", out var answer)
            ? answer(body)
            : Objects.Create(path, body);

    private JsonObject Apply(RequestPath path, JsonObject body)
    {
        if (Objects.Get(path.Resource, path.Namespace, path.Name!) is not null)
        {
            return Objects.Update(path, old => Patched(old, body));
        }

        return path.Subresource is null
            ? Objects.Create(path, body)
            : throw new ApiFailureException(404, "NotFound", $"{path.Plural} \"{path.Name}\" not found");
    }

    private JsonObject List(HttpContext context, RequestPath path)
    {
        var query = context.Request.Query;
        long revision;
        List<JsonObject> items;
        if ((string?)query["continue"] is { Length: > 0 } token)
        {
            // A token may be used any number of times, also with another limit.
            if (!_pages.TryGetValue(token, out var page))
            {
                throw new ApiFailureException(410, "Expired", "The provided continue parameter is too old");
            }

            (revision, items) = page;
        }
        else
        {
            (revision, items) = Objects.List(path.Resource, new Selector(path.Namespace, query["labelSelector"], query["fieldSelector"]));
        }

        var limit = int.TryParse(query["limit"], out var wanted) && wanted > 0 ? wanted : int.MaxValue;
        var metadata = new JsonObject { ["resourceVersion"] = $"{revision}" };
        if (items.Count > limit)
        {
            var next = Guid.NewGuid().ToString("N");
            _pages[next] = (revision, items[limit..]);
            metadata["continue"] = next;
            items = items[..limit];
        }

        return new()
        {
            ["kind"] = "List",
            ["apiVersion"] = path.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. items.Select(item => item.DeepClone())]),
        };
    }
}
